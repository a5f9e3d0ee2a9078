"""Learners' notebooks stop at their exercises, so nbval runs the solutions only."""

collect_ignore_glob = ["en/[0-9]*.ipynb", "vi/[0-9]*.ipynb"]
