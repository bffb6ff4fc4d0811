"""What the policy catalogue promises to show: a part of ``tests.oracle.spec``."""

from tests.oracle.kinds import HERE, PLACE, Kind, Way, many, one

POLICY = {
    "PolicyDocument": Kind(
        "policy_document", "policy:read", "everybody", "policyDocuments", columns=PLACE, divisions=("region",),
        ways={
            "issuers": Way("documents", "PolicyIssuer", "issuers"),
            "figures": Way("documents", "PolicyFigure", "figures"),
            "obligations": Way("documents", "PolicyObligation", "obligations"),
            "consultation": Way("document", "PolicyConsultation", "consultation"),
            "place": HERE,
            "measures": many("Measure", "document_id", "id"),
        },
    ),
    "Measure": Kind(
        "policy_measure", "policy:read", "everybody", "measures", columns=PLACE, divisions=("region",),
        ways={
            "figures": Way("documents", "PolicyFigure", "figures"),
            "document": one("PolicyDocument", "document_id"),
            "place": HERE,
            "responsibilities": many("Responsibility", "measure_id", "id"),
        },
        embeds=("responsibilities",),
    ),
    "Responsibility": Kind(
        "policy_responsibility", "policy:read", "everybody", versioned=False, orders=("id",),
        ways={"measure": one("Measure", "measure_id")},
    ),
    "DefaultRoute": Kind(
        "default_route", "policy:read", "everybody", "defaultRoutes", versioned=False, orders=("id",),
    ),
}  # fmt: skip
