"""From department tables to the fact tables of the policy packs (docs/decisions/0020-facts-from-department-data.md).

Every SELECT here reads, of a data set `x`, the table `d_x` (its newest month) or `all_x` (all its months, with the
text column `month`). Both hold the columns of the contract, `person_id`, and are there without rows when nothing has
arrived; whether it has is told by `Arrived`.
"""
