"""Names say what they hold, and public names are documented: `words.py` finds nothing wanting."""

import ast

import words
from house import ROOT, House


def test_nothing_is_wanting() -> None:
    wanting = words.of(House(ROOT))
    assert wanting == {}


def test_what_is_wanting_is_found() -> None:
    source = '''
def undocumented(x): ...
def many(a, b, c):
    """Do."""
def raising(x):
    """Do."""
    raise InputError("no")
def fine(x):
    """Do. Raises InputError."""
    found = x
    raise InputError("no")
class Thing:
    """A thing."""
    def method(self): ...
    def _own(self, each): ...
class Base:
    """A base."""
    def asked(self, a, b, c):
        """Do.

        Parameters
        ----------
        """
class Between(Base):
    """Between."""
class Override(Between):
    """A class whose method has its base's docstring."""
    def asked(self, a, b, c): ...
    def method(self): ...
@click.command(name="x")
@click.argument("a")
def command(a, b, c):
    """Help."""
    raise InputError("no")
@click.command()
def helpless(a): ...
'''
    tree = ast.parse(source)
    lines = [line.partition(": ")[2] for line in words.complaints(tree, words.Inherited([tree]))]
    assert lines == [
        "the name 'found' says nothing of what it holds",
        "the name 'each' says nothing of what it holds",
        "undocumented has no docstring",
        "many has 3 parameters and no section that lists them",
        "raising does not say what it raises (InputError)",
        "Thing.method has no docstring",
        "Override.method has no docstring",
        "helpless has no docstring",
    ]
