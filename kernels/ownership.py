"""Whose a file or folder is: what others may write is not run and not believed.

The rule is that of OpenSSH's StrictModes: it belongs to this user or to root, and nobody else may write it or rename what is
on the way to it. Root is trusted, since it could put other code in the interpreter's place as well.
"""

import os
import stat
from pathlib import Path

_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def fault(status: os.stat_result) -> str | None:
    """Say why a file or folder could hold what another user wrote.

    Parameters
    ----------
    status
        Of an open file, so that it cannot be another one by the time it is read.

    Returns
    -------
    str or None
        Why, as a message; None where only this user and root may write it, and where the system has no such users.
    """
    if not hasattr(os, "geteuid"):
        return None
    if status.st_uid not in (os.geteuid(), 0):
        return "it belongs to another user"
    return "others may write it" if status.st_mode & _OTHERS else None


def fault_of_folder(path: Path) -> str | None:
    """Say why another user could put files into a folder, or another folder in its place.

    Parameters
    ----------
    path
        The folder, without symbolic links on the way: what this finds holds for the path that was resolved.

    Returns
    -------
    str or None
        Why, as a message; None where nobody else can.
    """
    if not hasattr(os, "geteuid"):
        return None
    for place in (path, *path.parents):
        status = place.lstat()
        if not stat.S_ISDIR(status.st_mode):
            return f"{place} is not a folder"
        why = fault(status)
        if why and not (place != path and status.st_uid in (os.geteuid(), 0) and _is_harmless_above(status)):
            return why if place == path else f"of {place}, in which it stands, {why}"
    return None


def _is_harmless_above(status: os.stat_result) -> bool:
    """Tell whether others, who may write a folder, can do nothing to this user's folders in it.

    In a sticky folder such as /tmp each renames only what is their own; a private group (Debian's and Fedora's for each user)
    has no other member.
    """
    if status.st_mode & stat.S_ISVTX:
        return True
    return not status.st_mode & stat.S_IWOTH and _is_private(status.st_gid)


def _is_private(group: int) -> bool:
    """Tell whether a group is this user's own: of the same name, with no other member."""
    import grp
    import pwd

    try:
        user, entry = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    return user.pw_gid == group and entry.gr_name == user.pw_name and set(entry.gr_mem) <= {user.pw_name}
