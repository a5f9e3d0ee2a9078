"""The workshop: three lessons whose exercises check themselves.

A lesson's notebook needs four verbs: `begin` it, `predict`, `check` an answer, `recall` a
prediction. Notebooks and the teacher's guide are built from notebooks/workshop/source by
`python -m helpers.workshop`. Nothing here loads more than numpy, pandas, matplotlib, scipy and
statsmodels: the list of notebooks/workshop/requirements.txt.
"""

from helpers.workshop.session import Untouched, begin, check, predict, recall

__all__ = ["Untouched", "begin", "check", "predict", "recall"]
