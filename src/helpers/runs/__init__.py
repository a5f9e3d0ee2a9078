"""Notebooks in bulk: which are to run, in fast kernels, here or on a cluster, and what came of it.

Nothing is imported here: a kernel that notes what it reads, and the fast kernels themselves, load
a module of this folder before the notebook begins.
"""
