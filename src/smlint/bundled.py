"""Where rules/ and schemas/ stand: inside the installed package, else in a checkout."""

import os

from smlint.files import File

HERE = File(os.path.dirname(os.path.abspath(__file__)))


def bundled(name: str) -> File:
    """The folder `name` ("rules" or "schemas") that was shipped with this code.

    An installed package carries it beside the modules. A checkout keeps it at the top, where people look for it.
    Raises FileNotFoundError when neither is there: a broken installation.
    """
    for folder in (HERE / name, File(os.path.dirname(os.path.dirname(HERE))) / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the folder {name!r} is missing from this installation of smlint")
