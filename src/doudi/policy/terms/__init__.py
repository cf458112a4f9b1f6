"""Words of the policy language: errors, kinds and units, exact arithmetic, the formula tree."""
