"""What people decided about findings: waivers now; decisions and their history join them here."""

from lantu.register.waivers import Waived, Waiver, read_waivers, waive

__all__ = ["Waived", "Waiver", "read_waivers", "waive"]
