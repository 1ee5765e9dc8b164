"""Folders, commands and interpreters of this machine, and the virtual environments that are made of them.

What takes long to make is made once for each user and shared by all clones.
Public: every module.
"""
