# Lets the four roles in, each with the password of its file. The server logs no statement, so no password either.
set -eu
for role in intake vault portal courier; do
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=role="laborvoice_$role" \
    --set=password="$(cat "/run/secrets/${role}_password")" "$(cat /run/secrets/schema_database_url)" <<'SQL'
ALTER ROLE :"role" LOGIN PASSWORD :'password';
SQL
done
