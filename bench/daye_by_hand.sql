-- The rules of hubei/daye as an engineer would write them for DuckDB by hand, from the pack's meaning.
-- Reads household, person, supporter, income, expense, asset; unknown is NULL, and a list that was not asked for is
-- unknown as a whole. {name} and {name.urban} are the pack's values on the day, {day} is the day and {year_before} the
-- same day a year earlier; every other number is written out. `bench/_by_hand.py` runs the statements in order.

-- table: p1
with
asset_of as (
    select person_id,
        case when not bool_or(financial and value is null) then coalesce(sum(value) filter (where financial), 0)::bigint end as financial,
        count(*) filter (where kind in ('dwelling', 'homestead')) as houses,
        case when bool_or(barred) then true when not bool_or(barred is null) then false end as barred
    from (
        select person_id, kind, value, kind in ('deposit', 'security', 'insurance', 'claim') as financial,
            (kind = 'vehicle' and use <> 'livelihood') or (kind = 'company' and active) or kind = 'non_residential' as barred
        from asset
    )
    group by person_id
),
income_of as (
    select person_id,
        coalesce(sum(amount) filter (where kind = 'wage'), 0)::bigint as wage,
        coalesce(sum(amount) filter (where kind = 'support'), 0)::bigint as support,
        coalesce(sum(amount) filter (where kind not in ('wage', 'support')), 0)::bigint as other,
        coalesce(sum(amount) filter (where kind = 'old_age_allowance'), 0)::bigint as old_age
    from income
    where received_on > date '{year_before}' and received_on <= date '{day}'
        and kind not in ('reward', 'social_relief', 'disability_subsidy', 'child_subsidy', 'basic_pension')
    group by person_id
),
supporter_of as (
    select person_id,
        case when not bool_or(imputed is null) then sum(imputed)::bigint end as due,
        case when not bool_or(waived is null or (not waived and imputed is null))
            then coalesce(sum(imputed) filter (where not waived), 0)::bigint end as due_single,
        case when not bool_and(unable) then false when not bool_or(unable is null) then true end as unable
    from (
        select person_id, imputed, relation = 'sibling' or age >= 60 as waived,
            in_tekun
            or (in_dibao and age >= 60)
            or (age >= 70 and low_means)
            or (low_means and (disability_level in ('1', '2')
                or (disability_level = '3' and disability_type in ('intellectual', 'mental'))))
            or (no_civil_capacity and property_within_limits)
            or age < 18 as unable
        from (
            select s.person_id, s.relation, s.in_tekun, s.in_dibao, s.disability_level, s.disability_type, s.no_civil_capacity,
                s.property_within_limits,
                ({day.number} - (year(s.birth) * 10000 + month(s.birth) * 100 + day(s.birth))) // 10000 as age,
                case when s.pays_support then s.agreed_support * 12 when not s.pays_support then 0 end as imputed,
                s.income_per_head * 12 < case h.area_kind when 'urban' then {disposable_income.urban} else {disposable_income.rural} end
                    and s.property_within_limits as low_means
            -- A record carries its person and nothing more (the contract of the fact tables), so the area comes through the person.
            from supporter as s join person as o using (person_id) join household as h on h.household_id = o.household_id
        )
    )
    group by person_id
),
expense_of as (
    select person_id,
        case when not bool_or(rigid is null or (rigid and counted is null))
            then coalesce(sum(counted) filter (where rigid), 0)::bigint end as rigid
    from (
        select e.person_id,
            case when e.kind <> 'education' then e.amount
                when e.public_school_cost is not null then least(e.amount, e.public_school_cost) end as counted,
            e.kind in ('living', 'medical', 'disability', 'work_cost', 'housing_safety', 'water_safety', 'disaster', 'accident')
                or (e.kind = 'education' and p.schooling <> 'postgraduate') as rigid
        from expense as e join person as p using (person_id)
        where e.paid_on > date '{year_before}' and e.paid_on <= date '{day}'
    )
    group by person_id
),
joined as (
    select p.person_id, p.household_id, p.relation, p.married, p.deceased, p.in_prison, p.in_compulsory_detox, p.declared_missing,
        p.cleric_apart_three_years, p.conscript, p.schooling, p.cannot_live_independently, p.shares_budget, p.lives_together,
        p.legal_duty, p.employed, p.necessary_work_cost, p.severe_illness, p.self_care_failed, p.chooses_child_benefit,
        h.previous_category, h.area_kind = 'urban' as urban,
        ({day.number} - (year(p.birth) * 10000 + month(p.birth) * 100 + day(p.birth))) // 10000 as age,
        case when not p.assets_asked then null when a.person_id is null then 0 else a.financial end as financial_assets,
        case when p.assets_asked then coalesce(a.houses, 0) end as house_count,
        case when a.barred then true when not p.assets_asked then null when a.person_id is null then false else a.barred end as has_barred,
        case when p.incomes_asked then coalesce(i.wage, 0) end as wage,
        case when p.incomes_asked then coalesce(i.support, 0) end as support_received,
        case when p.incomes_asked then coalesce(i.other, 0) end as other_income,
        case when p.incomes_asked then coalesce(i.old_age, 0) end as old_age,
        case when not p.supporters_asked then null when s.person_id is null then 0 else s.due end as support_due,
        case when not p.supporters_asked then null when s.person_id is null then 0 else s.due_single end as due_single,
        case when not s.unable then false when not p.supporters_asked then null when s.person_id is null then true else s.unable end
            as supporters_unable,
        case when not p.expenses_asked then null when e.person_id is null then 0 else e.rigid end as rigid_expense,
        disability_level in ('1', '2') or (disability_level = '3' and (disability_type in ('intellectual', 'mental')
            or (disability_type = 'multiple' and multiple_includes_listed))) as severely_disabled,
        (disability_type in ('intellectual', 'mental') and disability_level in ('1', '2', '3'))
            or (disability_type = 'physical' and disability_level in ('1', '2'))
            or (disability_type = 'vision' and disability_level = '1')
            or (disability_type = 'multiple' and multiple_includes_listed) as listed_disability
    from person as p
    join household as h using (household_id)
    left join asset_of as a using (person_id)
    left join income_of as i using (person_id)
    left join supporter_of as s using (person_id)
    left join expense_of as e using (person_id)
),
judged as (
    select *,
        age < 18 as is_minor,
        not (deceased or in_prison or in_compulsory_detox or declared_missing or cleric_apart_three_years or conscript) and (
            relation = 'head'
            or (relation = 'spouse' and coalesce(married, true))
            or (relation = 'child' and (age < 18
                or schooling in ('preschool', 'compulsory', 'high_school', 'vocational', 'college', 'bachelor')
                or cannot_live_independently
                or (not married and shares_budget)))
            or (legal_duty and (lives_together or (relation <> 'child' and shares_budget)))
        ) as is_member,
        age >= 60 or age < 16 or listed_disability or (previous_category = 'tekun' and age >= 16
            and (age < 18 or schooling in ('compulsory', 'high_school', 'vocational'))) as no_labour,
        case when wage <= 0 or not employed then case when wage is not null then 0 end
            when employed and necessary_work_cost is not null then least(necessary_work_cost * 12, wage) end as work_cost,
        case when support_received >= support_due then support_received when support_due is not null and support_received is not null
            then support_due end as support_income,
        case when urban then {dibao_standard.urban} else {dibao_standard.rural} end as standard,
        financial_assets <= case when urban then {dibao_standard.urban} else {dibao_standard.rural} end * {dibao_asset_months}
            and house_count <= 1 and not has_barred as tekun_property_ok
    from joined
),
earned as (
    select *,
        case when wage - work_cost + other_income + support_income < 0 then 0
            else wage - work_cost + other_income + support_income end as annual_income,
        case when wage - work_cost + other_income + due_single < 0 then 0
            else wage - work_cost + other_income + due_single end as income_as_single,
        wage - work_cost + other_income - old_age + support_income < standard * 12 as tekun_no_income
    from judged
)
select person_id, household_id, urban, is_member, annual_income, income_as_single, financial_assets,
    house_count, has_barred, rigid_expense, severe_illness, self_care_failed, supporters_unable,
    (severely_disabled or severe_illness) and annual_income < standard * 12 as single_if_edge,
    is_member and not (is_minor
        or (no_labour and tekun_no_income)
        or (previous_category = 'dibao' and age >= 60)
        or ((age >= 70 or severely_disabled) and annual_income < case when urban then {disposable_income.urban}
            else {disposable_income.rural} end and tekun_property_ok)) as able,
    no_labour and tekun_no_income and tekun_property_ok and not (is_minor and chooses_child_benefit) as tekun_but_support,
    is_member and not is_minor and not employed and severely_disabled and income_as_single < standard * 12
        and tekun_property_ok as unemployed_disabled,
    not deceased and cleric_apart_three_years and annual_income < standard * 12 and tekun_property_ok as cleric
from earned;

-- table: able
select household_id, case when count(able) = count(*) then count_if(able) end as able_count from p1 group by household_id;

-- table: p2
select person_id, household_id, urban, is_member, annual_income, income_as_single, financial_assets, house_count, has_barred,
    rigid_expense, severe_illness, single_if_edge, unemployed_disabled, cleric, tekun,
    is_member and not tekun as counted,
    case when not tekun then 0
        when tekun then case when urban then {tekun_basic_standard.urban} else {tekun_basic_standard.rural} end
            + case when self_care_failed >= 4 then {tekun_care_full} when self_care_failed >= 1 then {tekun_care_half}
                when self_care_failed < 1 then {tekun_care_self} end end as tekun_amount
from (
    select p1.*, is_member and tekun_but_support and supporters_unable
        and not (able_count > case when able then 1 when not able then 0 end) as tekun
    from p1 join able using (household_id)
);

-- table: h
with
grouped as (
    select household_id,
        case when not bool_or(is_member is null) then count_if(is_member) end as members,
        case when not bool_and(tekun or not is_member) then false when not bool_or((tekun or not is_member) is null) then true end
            as all_tekun,
        case when not bool_or(counted is null) then count_if(counted) end as member_count,
        case when not bool_or(counted is null or (counted and annual_income is null))
            then coalesce(sum(annual_income) filter (where counted), 0)::bigint end as annual_income,
        case when not bool_or(is_member is null or (is_member and annual_income is null))
            then coalesce(sum(annual_income) filter (where is_member), 0)::bigint end as members_income,
        case when not bool_or(counted is null or (counted and financial_assets is null))
            then coalesce(sum(financial_assets) filter (where counted), 0)::bigint end as financial_assets,
        case when not bool_or(counted is null or (counted and house_count is null))
            then coalesce(sum(house_count) filter (where counted), 0)::bigint end as house_count,
        case when bool_or(counted and has_barred) then true when not bool_or((counted and has_barred) is null) then false end as barred,
        case when not bool_or(counted is null or (counted and rigid_expense is null))
            then coalesce(sum(rigid_expense) filter (where counted), 0)::bigint end as rigid_expense,
        case when bool_or(counted and severe_illness) then true
            when not bool_or((counted and severe_illness) is null) then false end as ill,
        case when not bool_or(is_member is null or (is_member and tekun_amount is null))
            then coalesce(sum(tekun_amount) filter (where is_member), 0)::bigint end as tekun_amount
    from p2 group by household_id
),
joined as (
    select h.household_id, h.previous_category, h.previous_amount, h.income_rose_from_work, h.exit_months_used, h.case_by_case_approved,
        h.farm_household, h.monitored_on_list, h.poverty_risk, h.disaster_hardship,
        case area_kind when 'urban' then {dibao_standard.urban} else {dibao_standard.rural} end as standard,
        case area_kind when 'urban' then {disposable_income.urban} else {disposable_income.rural} end as disposable,
        -- A household without anybody has 0 of everything.
        case when g.household_id is null then false else g.members > 0 end as any_member,
        case when g.household_id is null then true else g.all_tekun end as all_tekun,
        case when g.household_id is null then 0 else g.member_count end as member_count,
        case when g.household_id is null then 0 else g.annual_income end as annual_income,
        case when g.household_id is null then 0 else g.members end as members,
        case when g.household_id is null then 0 else g.members_income end as members_income,
        case when g.household_id is null then 0 else g.financial_assets end as financial_assets,
        case when g.household_id is null then 0 else g.house_count end as house_count,
        case when g.household_id is null then false else g.barred end as barred,
        case when g.household_id is null then 0 else g.rigid_expense end as rigid_expense,
        case when g.household_id is null then false else g.ill end as ill,
        case when g.household_id is null then 0 else g.tekun_amount end as tekun_amount
    from household as h left join grouped as g using (household_id)
),
tested as (
    select *, any_member and all_tekun as step_1,
        annual_income < standard * 12 * member_count as dibao_income_test,
        annual_income * 10000 <= standard * 12 * member_count * {edge_multiple} as edge_income_test,
        annual_income < disposable * member_count as rigid_income_test,
        rigid_expense * 10000 > annual_income * {rigid_share} as rigid_spending_test,
        members_income < {monitoring_line} * members as monitored_income_test,
        financial_assets <= standard * member_count * {dibao_asset_months} as dibao_financial_ok,
        financial_assets <= standard * member_count * {edge_asset_months} as edge_financial_ok,
        house_count <= 1 and not barred as other_property_ok
    from joined
),
low as (
    select *, member_count > 0 and dibao_income_test and dibao_financial_ok and other_property_ok as step_2 from tested
),
stepped as (
    select *,
        previous_category = 'dibao' and member_count > 0 and not step_1 and not dibao_income_test and dibao_financial_ok
            and other_property_ok and income_rose_from_work and exit_months_used < {gradual_exit_months} as step_3,
        member_count > 0 and not step_1 and not step_2 and edge_income_test and edge_financial_ok and other_property_ok as step_4
    from low
),
spent as (
    select *, member_count > 0 and not step_1 and not step_2 and not step_4 and rigid_income_test and rigid_spending_test
            and edge_financial_ok and other_property_ok as step_5
    from stepped
),
last as (
    select *, case_by_case_approved and any_member and not step_1 and not step_2 and not step_4 and not step_5 as step_6,
        farm_household and any_member and (monitored_on_list
            or (edge_financial_ok and other_property_ok and monitored_income_test)
            or (poverty_risk and (disaster_hardship or (rigid_spending_test and ill)))) as monitored_family,
        case when step_1 is null then 0 when step_1 then 1 when step_2 is null then 0 when step_2 then 2
            when step_3 is null then 0 when step_3 then 3 when step_4 is null then 0 when step_4 then 4
            when step_5 is null then 0 when step_5 then 5 end as early
    from spent
),
chosen as (
    select *, case when early is not null then early when step_6 is null then 0 when step_6 then 6 else 7 end as choice,
        (greatest(standard * 12 * member_count - annual_income, 0) + 1199) // 1200 * 100 as dibao_amount,
        case when previous_amount is not null and member_count is not null
            then least(previous_amount, standard * member_count) end as exit_amount
    from last
)
select household_id, nullif(['', 'tekun', 'dibao', 'dibao', 'edge', 'rigid_expenditure', 'other_difficulty', 'none'][choice + 1], '') as category,
    case choice when 0 then null when 3 then 'gradual_exit' else '' end as category_as,
    case choice when 1 then tekun_amount when 2 then dibao_amount when 3 then exit_amount when 0 then null else 0 end as category_amount,
    step_1 as household_step_1, step_2 as household_step_2, step_3 as household_step_3, step_4 as household_step_4,
    step_5 as household_step_5, step_6 as household_step_6, monitored_family, dibao_income_test, edge_income_test,
    rigid_income_test, rigid_spending_test, monitored_income_test, dibao_financial_ok, edge_financial_ok
from chosen;

-- table: p
with
stepped as (
    select person_id, household_id, case when urban then {dibao_standard.urban} else {dibao_standard.rural} end as standard,
        annual_income, income_as_single, unemployed_disabled, tekun_amount, tekun as step_1,
        not h.household_step_2 and not h.household_step_3 and not tekun and ((is_member and h.household_step_4 and single_if_edge)
            or cleric or unemployed_disabled) as step_2,
        counted and h.household_step_2 as step_3, counted and h.household_step_3 as step_4, counted and h.household_step_4 as step_5,
        counted and h.household_step_5 as step_6, counted and h.household_step_6 as step_7
    from p2 join h using (household_id)
),
offered as (
    select *,
        case when step_1 then tekun_amount when not step_1 then -1 end as offer_1,
        case when not step_2 then -1
            when step_2 and unemployed_disabled then (greatest(standard * 12 - income_as_single, 0) + 1199) // 1200 * 100
            when step_2 and not unemployed_disabled then (greatest(standard * 12 - annual_income, 0) + 1199) // 1200 * 100 end as offer_2,
        case when step_1 is null or step_2 is null or step_3 is null or step_4 is null or step_5 is null or step_6 is null
                or step_7 is null then null
            when step_3 or step_4 or step_5 or step_6 or step_7 then 0 else -1 end as offer_free
    from stepped
),
best as (
    select *, case when offer_1 is not null and offer_2 is not null and offer_free is not null
        then greatest(offer_1, offer_2, offer_free) end as best
    from offered
)
select person_id, household_id,
    case when best = -1 then 'none' when offer_1 = best then 'tekun' when offer_2 = best then 'dibao'
        when best = 0 then case when step_3 or step_4 then 'dibao' when step_5 then 'edge' when step_6 then 'rigid_expenditure'
            else 'other_difficulty' end end as category,
    case when best is null then null when offer_1 < best and offer_2 = best then 'single_person'
        when best = 0 and offer_1 < best and offer_2 < best and not step_3 and step_4 then 'gradual_exit' else '' end as category_as,
    case when best = -1 then 0 else best end as category_amount,
    step_1 as person_step_1, step_2 as person_step_2, step_3 as person_step_3, step_4 as person_step_4, step_5 as person_step_5,
    step_6 as person_step_6, step_7 as person_step_7
from best;
