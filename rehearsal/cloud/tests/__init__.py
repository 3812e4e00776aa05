"""python -m unittest, from the folder above, with the packages of requirements.txt."""
