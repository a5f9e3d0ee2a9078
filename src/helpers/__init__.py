"""Helpers of the notebooks: from printed figures to reconciled tables, trends and charts."""
