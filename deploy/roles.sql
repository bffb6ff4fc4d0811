-- The two roles of a production database. Run once, as a superuser, in the service's database:
--   psql -v owner_password=… -v app_password=… -v backup_password=… -f deploy/roles.sql DATABASE
-- shouwang_owner owns the tables and migrates; shouwang_app is what requests and jobs run as: it owns
-- nothing and cannot pass by row-level security. shouwang_backup reads everything and writes nothing: it
-- is what `shouwang backup` connects as (SHOUWANG_DATABASE_BACKUP_URL) and nobody else.
\set ON_ERROR_STOP on
BEGIN;
CREATE ROLE shouwang_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE shouwang_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE ROLE shouwang_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'backup_password';
GRANT pg_read_all_data TO shouwang_backup;
SELECT format('ALTER DATABASE %I OWNER TO shouwang_owner', current_database()) \gexec
ALTER SCHEMA public OWNER TO shouwang_owner;
-- Look-up functions carry their own scope (CREATE FUNCTION … SET); for a setting PostgreSQL does not
-- know, that takes a grant.
GRANT SET ON PARAMETER "shouwang.ranges", "shouwang.remit", "shouwang.grantee" TO shouwang_owner;
COMMIT;
