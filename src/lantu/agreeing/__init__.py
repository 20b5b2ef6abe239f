"""The one blueprint: per parcel the values that hold, whose they are, and what is still contested."""

from lantu.agreeing.agreement import Agreement, AgreementError, agree
from lantu.agreeing.geopackage import write_blueprint

__all__ = ["Agreement", "AgreementError", "agree", "write_blueprint"]
