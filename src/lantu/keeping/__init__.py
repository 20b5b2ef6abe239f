"""A run kept whole in its folder, with the layers that it compared, so that more can be made of it later."""

from lantu.keeping.folder import FINDINGS, KEPT, read_kept, read_translations, write_kept

__all__ = ["FINDINGS", "KEPT", "read_kept", "read_translations", "write_kept"]
