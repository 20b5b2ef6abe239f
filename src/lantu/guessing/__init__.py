"""A folder straight from the departments becomes a blueprint: guesses with reasons, never decisions.

What a name, the values and the coordinates say is weighed; what they cannot say is asked, in the file, as
a line that begins with ``# ?``. Nothing is changed in the data, and nothing is declared about a coordinate
system that the data themselves do not prove.
"""

from lantu.guessing.model import Confidence, Guess, GuessedLayer, Question, Survey, Unused
from lantu.guessing.survey import survey_folder
from lantu.guessing.writing import blueprint_text

__all__ = [
    "Confidence",
    "Guess",
    "GuessedLayer",
    "Question",
    "Survey",
    "Unused",
    "blueprint_text",
    "survey_folder",
]
