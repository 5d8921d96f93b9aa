"""Where rules/ and schemas/ stand: inside the installed package, else in a checkout."""

from pathlib import Path

HERE = Path(__file__).parent


def bundled(name: str) -> Path:
    """The folder `name` ("rules" or "schemas") that was shipped with this code.

    An installed package carries it beside the modules. A checkout keeps it at the top, where people look for it.
    Raises FileNotFoundError when neither is there: a broken installation.
    """
    for folder in (HERE / name, HERE.parent.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the folder {name!r} is missing from this installation of smlint")
