"""Every write the service offers, for both transports: REST's routes and GraphQL's mutations are made from it."""

from api.casework import CASE_WRITES
from api.community import SURVEY_WRITES, VENUE_WRITES
from api.desk import CONTRACT_WRITES, NOTIFICATION_WRITES
from domain.accounts import commands as account
from domain.accounts import own
from domain.accounts import use_cases as accounts
from domain.agencies import commands as agency
from domain.agencies import staff as staff_cases
from domain.agencies import use_cases as agency_cases
from domain.break_glass import commands as glass
from domain.break_glass import use_cases as glass_cases
from domain.campaigns import commands as campaign
from domain.campaigns import use_cases as campaign_cases
from domain.clients import use_cases as clients
from domain.duplicates import asking as duplicates
from domain.duplicates import commands as duplicate
from domain.duplicates import merging
from domain.exports import use_cases as exports
from domain.exports.commands import StartExport
from domain.imports import use_cases as imports
from domain.people import commands as people
from domain.people import use_cases as cases
from domain.transfers import commands as transfer
from domain.transfers import moving
from domain.transfers import use_cases as handing
from domain.writes import NODE, Write
from domain.writes import write as _write

PEOPLE = "people:write"
AGENCIES = "agencies:write"
STAFF = "staff:write"
TRANSFERS = "transfers:write"
CAMPAIGNS = "campaigns:write"
CAMPAIGN_VILLAGES = "campaign_villages:write"
ACCOUNTS = "accounts:write"
CLIENTS = "clients:write"
OWN = "own_account:write"
OPENING = "BreakGlassOpening"
DUPLICATES = "duplicates:write"


WRITES: tuple[Write, ...] = (
    # the ledger
    _write(cases.register_person, people.RegisterPerson, "/v1/people", "Person", PEOPLE, status=201),
    _write(cases.update_person, people.UpdatePerson, "/v1/people/{id}", "Person", PEOPLE, "person_id", "PATCH"),
    _write(cases.record_death, people.RecordDeath, "/v1/people/{id}:record_death", "Person", PEOPLE, "person_id"),
    _write(cases.deregister, people.Deregister, "/v1/people/{id}:deregister", "Person", PEOPLE, "person_id"),
    _write(
        cases.leave_household, people.LeaveHousehold, "/v1/people/{id}:leave_household", "Person", PEOPLE, "person_id"
    ),
    _write(
        cases.reveal, people.Reveal, "/v1/people/{id}:reveal", "Revealed", "people:reveal", "person_id", replayed=False
    ),
    _write(
        cases.open_profile, people.OpenProfile, "/v1/people/{id}:open_profile", NODE, PEOPLE, "person_id", status=201
    ),
    _write(cases.update_profile, people.UpdateProfile, "/v1/profiles/{id}", NODE, PEOPLE, "profile_id", "PATCH"),
    _write(cases.close_profile, people.CloseProfile, "/v1/profiles/{id}:close", NODE, PEOPLE, "profile_id"),
    _write(cases.create_household, people.CreateHousehold, "/v1/households", "Household", PEOPLE, status=201),
    _write(cases.add_member, people.AddMember, "/v1/households/{id}:add_member", "Household", PEOPLE, "household_id"),
    _write(moving.move_person, transfer.MovePerson, "/v1/people/{id}:move", "Person", PEOPLE, "person_id"),
    _write(
        moving.move_household, transfer.MoveHousehold, "/v1/households/{id}:move", "Household", PEOPLE, "household_id"
    ),
    _write(cases.record_kinship, people.RecordKinship, "/v1/kinships", "Kinship", PEOPLE, status=201),
    _write(cases.remove_kinship, people.RemoveKinship, "/v1/kinships/{id}:remove", "Kinship", PEOPLE, "kinship_id"),
    _write(
        cases.declare_guardianship, people.DeclareGuardianship, "/v1/guardianships", "Guardianship", PEOPLE, status=201
    ),
    _write(
        cases.update_guardianship,
        people.UpdateGuardianship,
        "/v1/guardianships/{id}",
        "Guardianship",
        PEOPLE,
        "guardianship_id",
        "PATCH",
    ),
    _write(
        cases.end_guardianship,
        people.EndGuardianship,
        "/v1/guardianships/{id}:end",
        "Guardianship",
        PEOPLE,
        "guardianship_id",
    ),
    _write(cases.record_absence, people.RecordAbsence, "/v1/absences", "Absence", PEOPLE, status=201),
    _write(cases.update_absence, people.UpdateAbsence, "/v1/absences/{id}", "Absence", PEOPLE, "absence_id", "PATCH"),
    _write(
        cases.record_return, people.RecordReturn, "/v1/absences/{id}:record_return", "Absence", PEOPLE, "absence_id"
    ),
    _write(cases.adopt_rules, people.AdoptRules, "/v1/rule_sets", "RuleSet", "rules:write", status=201),
    # files between regions
    _write(handing.request_transfer, transfer.RequestTransfer, "/v1/transfers", "Transfer", TRANSFERS, status=201),
    _write(handing.claim_person, transfer.ClaimPerson, "/v1/transfers:claim", "Transfer", TRANSFERS, status=201),
    _write(
        handing.accept_transfer,
        transfer.AcceptTransfer,
        "/v1/transfers/{id}:accept",
        "Transfer",
        TRANSFERS,
        "transfer_id",
    ),
    _write(
        handing.reject_transfer,
        transfer.RejectTransfer,
        "/v1/transfers/{id}:reject",
        "Transfer",
        TRANSFERS,
        "transfer_id",
    ),
    _write(
        handing.withdraw_transfer,
        transfer.WithdrawTransfer,
        "/v1/transfers/{id}:withdraw",
        "Transfer",
        TRANSFERS,
        "transfer_id",
    ),
    # emergencies
    _write(glass_cases.open_file, glass.OpenFile, "/v1/break_glass", OPENING, "break_glass:write", status=201),
    _write(
        glass_cases.end_break_glass,
        glass.EndBreakGlass,
        "/v1/break_glass/{id}:end",
        OPENING,
        "break_glass:write",
        "opening_id",
    ),
    _write(
        glass_cases.review_break_glass,
        glass.ReviewBreakGlass,
        "/v1/break_glass/{id}:review",
        OPENING,
        "break_glass:review",
        "opening_id",
    ),
    # the directory
    _write(agency_cases.create_agency, agency.CreateAgency, "/v1/agencies", "Agency", AGENCIES, status=201),
    _write(
        agency_cases.update_agency, agency.UpdateAgency, "/v1/agencies/{id}", "Agency", AGENCIES, "agency_id", "PATCH"
    ),
    _write(agency_cases.end_agency, agency.EndAgency, "/v1/agencies/{id}:end", "Agency", AGENCIES, "agency_id"),
    _write(
        agency_cases.create_department, agency.CreateDepartment, "/v1/departments", "Department", AGENCIES, status=201
    ),
    _write(
        agency_cases.update_department,
        agency.UpdateDepartment,
        "/v1/departments/{id}",
        "Department",
        AGENCIES,
        "department_id",
        "PATCH",
    ),
    _write(staff_cases.create_staff, agency.CreateStaff, "/v1/staff", "StaffMember", STAFF, status=201),
    _write(staff_cases.update_staff, agency.UpdateStaff, "/v1/staff/{id}", "StaffMember", STAFF, "staff_id", "PATCH"),
    _write(staff_cases.end_staff, agency.EndStaff, "/v1/staff/{id}:end", "StaffMember", STAFF, "staff_id"),
    _write(
        staff_cases.create_leading_group,
        agency.CreateLeadingGroup,
        "/v1/leading_groups",
        "LeadingGroup",
        AGENCIES,
        status=201,
    ),
    _write(
        staff_cases.update_leading_group,
        agency.UpdateLeadingGroup,
        "/v1/leading_groups/{id}",
        "LeadingGroup",
        AGENCIES,
        "leading_group_id",
        "PATCH",
    ),
    _write(
        staff_cases.end_leading_group,
        agency.EndLeadingGroup,
        "/v1/leading_groups/{id}:end",
        "LeadingGroup",
        AGENCIES,
        "leading_group_id",
    ),
    # the census
    _write(campaign_cases.create_campaign, campaign.CreateCampaign, "/v1/campaigns", "Campaign", CAMPAIGNS, status=201),
    _write(
        campaign_cases.open_campaign,
        campaign.OpenCampaign,
        "/v1/campaigns/{id}:open",
        "Campaign",
        CAMPAIGNS,
        "campaign_id",
    ),
    _write(
        campaign_cases.accept_township,
        campaign.AcceptTownship,
        "/v1/campaigns/{id}:accept_township",
        "Campaign",
        CAMPAIGNS,
        "campaign_id",
    ),
    _write(
        campaign_cases.close_campaign,
        campaign.CloseCampaign,
        "/v1/campaigns/{id}:close",
        "Campaign",
        CAMPAIGNS,
        "campaign_id",
    ),
    *(
        _write(
            use_case,
            command,
            f"/v1/campaign_villages/{{id}}:{verb}",
            "CampaignVillage",
            CAMPAIGN_VILLAGES,
            "campaign_village_id",
        )
        for verb, use_case, command in (
            ("assign", campaign_cases.assign_village, campaign.AssignVillage),
            ("start", campaign_cases.start_village, campaign.StartVillage),
            ("submit", campaign_cases.submit_village, campaign.SubmitVillage),
            ("check", campaign_cases.check_village, campaign.CheckVillage),
            ("return", campaign_cases.return_village, campaign.ReturnVillage),
        )
    ),
    # accounts and clients; what answers with a secret is never replayed, since it would have to be kept
    _write(
        accounts.create_account,
        account.CreateAccount,
        "/v1/accounts",
        "IssuedPassword",
        ACCOUNTS,
        status=201,
        replayed=False,
    ),
    _write(
        accounts.suspend_account,
        account.SuspendAccount,
        "/v1/accounts/{id}:suspend",
        "Account",
        ACCOUNTS,
        "account_id",
    ),
    _write(
        accounts.restore_account,
        account.RestoreAccount,
        "/v1/accounts/{id}:restore",
        "Account",
        ACCOUNTS,
        "account_id",
    ),
    _write(
        accounts.reset_password,
        account.ResetPassword,
        "/v1/accounts/{id}:reset_password",
        "IssuedPassword",
        ACCOUNTS,
        "account_id",
        replayed=False,
    ),
    _write(accounts.give_role, account.GiveRole, "/v1/accounts/{id}:give_role", "Account", ACCOUNTS, "account_id"),
    _write(accounts.take_role, account.TakeRole, "/v1/accounts/{id}:take_role", "Account", ACCOUNTS, "account_id"),
    _write(
        clients.create_client, account.CreateClient, "/v1/clients", "IssuedSecret", CLIENTS, status=201, replayed=False
    ),
    _write(clients.update_client, account.UpdateClient, "/v1/clients/{id}", "Client", CLIENTS, "id", "PATCH"),
    _write(
        clients.new_client_secret,
        account.NewClientSecret,
        "/v1/clients/{id}:new_secret",
        "IssuedSecret",
        CLIENTS,
        "id",
        replayed=False,
    ),
    _write(
        clients.retire_client_secret,
        account.RetireClientSecret,
        "/v1/clients/{id}:retire_secret",
        "Client",
        CLIENTS,
        "id",
    ),
    _write(
        clients.register_document,
        account.RegisterDocument,
        "/v1/clients/{id}:register_document",
        "ClientDocument",
        CLIENTS,
        "id",
        status=201,
    ),
    _write(
        clients.remove_document, account.RemoveDocument, "/v1/clients/{id}:remove_document", "Client", CLIENTS, "id"
    ),
    _write(clients.end_client, account.EndClient, "/v1/clients/{id}:end", "Client", CLIENTS, "id"),
    _write(
        accounts.end_session, account.EndSession, "/v1/sessions/{id}:end", "Session", "sessions:write", "session_id"
    ),
    _write(own.change_password, account.ChangePassword, "/v1/me:change_password", "Account", OWN, replayed=False),
    _write(
        own.enrol_second_factor,
        account.EnrolSecondFactor,
        "/v1/me:enrol_second_factor",
        "OfferedSecondFactor",
        OWN,
        replayed=False,
    ),
    _write(
        own.confirm_second_factor,
        account.ConfirmSecondFactor,
        "/v1/me:confirm_second_factor",
        "RecoveryCodes",
        OWN,
        replayed=False,
    ),
    _write(
        own.remove_second_factor,
        account.RemoveSecondFactor,
        "/v1/me:remove_second_factor",
        "Account",
        OWN,
        replayed=False,
    ),
    *NOTIFICATION_WRITES,
    *CONTRACT_WRITES,
    # duplicates
    _write(duplicates.check_person, duplicate.CheckPerson, "/v1/people:check", "PersonCheck", PEOPLE, replayed=False),
    _write(
        duplicates.propose_duplicate, duplicate.ProposeDuplicate, "/v1/duplicates", "Duplicate", DUPLICATES, status=201
    ),
    _write(
        merging.review_duplicate,
        duplicate.ReviewDuplicate,
        "/v1/duplicates/{id}:review",
        "Duplicate",
        DUPLICATES,
        "duplicate_id",
    ),
    _write(
        merging.mark_distinct,
        duplicate.MarkDistinct,
        "/v1/duplicates/{id}:mark_distinct",
        "Duplicate",
        DUPLICATES,
        "duplicate_id",
    ),
    _write(
        merging.merge_people,
        duplicate.MergePeople,
        "/v1/duplicates/{id}:merge",
        "Merge",
        DUPLICATES,
        "duplicate_id",
        status=201,
    ),
    _write(merging.undo_merge, duplicate.UndoMerge, "/v1/merges/{id}:undo", "Merge", DUPLICATES, "merge_id"),
    *VENUE_WRITES,
    *SURVEY_WRITES,
    *CASE_WRITES,
    # long work
    _write(exports.start_export, StartExport, "/v1/exports", "Operation", "exports:write", status=202),
    _write(
        imports.cancel_operation,
        imports.CancelOperation,
        "/v1/operations/{id}:cancel",
        "Operation",
        "imports:write",
        "operation_id",
    ),
)
