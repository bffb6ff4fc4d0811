"""Who is asking: an access, put into words."""

from domain.access import Access, Clearance, FieldClass
from domain.people.model import Remit

SHOWN = tuple(one for one in FieldClass if one is not FieldClass.OPEN)


def me(access: Access) -> dict[str, object]:
    """Return the document of the view ``Me``."""
    people = access.grants.get("people:read")
    clearance = people.clearance if people else Clearance()
    agency = None
    if access.agency_id is not None:
        agency = {
            "id": str(access.agency_id),
            "type": access.agency_type,
            "name": access.agency_name,
            "region": access.region,
        }
    return {
        "sub": access.sub,
        "client_id": access.client_id,
        "roles": list(access.roles),
        "permissions": sorted(access.grants),
        "region": access.region,
        "remit": [bit.name.lower() for bit in Remit if access.remit & bit and bit.name],
        "person_id": str(access.person_id) if access.person_id else None,
        "staff_id": str(access.staff_id) if access.staff_id else None,
        "agency": agency,
        "clearance": {one.value: clearance.sight(one).name.lower() for one in SHOWN},
    }
