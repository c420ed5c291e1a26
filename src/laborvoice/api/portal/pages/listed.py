"""Every page, in the order of the navigation."""

from typing import Final

from laborvoice.api.portal.pages import (
    account,
    admin_links,
    compare,
    heat,
    help_numbers,
    home,
    notices,
    static,
    supplier,
    welcome,
)
from laborvoice.api.portal.pages import api_keys as page_api_keys
from laborvoice.api.portal.pages import campaigns as page_campaigns
from laborvoice.api.portal.pages import cases as page_cases
from laborvoice.api.portal.pages import endpoint as page_endpoint
from laborvoice.api.portal.pages import endpoints as page_endpoints
from laborvoice.api.portal.pages import exports as page_exports
from laborvoice.api.portal.pages import imports as page_imports
from laborvoice.api.portal.pages import links as page_links
from laborvoice.api.portal.pages import releases as page_releases
from laborvoice.api.portal.pages import sign_in as page_sign_in
from laborvoice.api.portal.pages import suppliers as page_suppliers
from laborvoice.api.portal.pages import users as page_users

PAGES: Final = (
    home.show_home,
    page_suppliers.show_suppliers,
    heat.show_heat,
    compare.show_compare,
    supplier.show_supplier,
    supplier.show_chart,
    page_links.show_links,
    page_links.claim_link,
    page_links.end_link,
    page_imports.show_import_claims,
    admin_links.show_claims,
    admin_links.confirm_claim,
    admin_links.end_claim,
    admin_links.merge_suppliers,
    page_imports.show_import,
    page_imports.look,
    page_imports.take,
    page_imports.rejected,
    page_cases.show_cases,
    page_cases.show_case,
    page_cases.post_acknowledge,
    page_cases.post_remediate,
    page_campaigns.show_campaigns,
    page_campaigns.open_campaign,
    page_campaigns.print_cards,
    help_numbers.show_help_numbers,
    help_numbers.put_help_numbers,
    page_exports.show_exports,
    page_exports.post_export,
    page_releases.show_release,
    page_releases.show_method,
    page_users.show_users,
    page_users.post_user,
    page_users.post_reset,
    page_users.post_role,
    page_users.post_remove,
    page_users.post_totp_reset,
    page_api_keys.show_api_keys,
    page_api_keys.post_api_key,
    page_api_keys.post_revoke,
    page_sign_in.show_login,
    page_sign_in.post_login,
    page_sign_in.show_code,
    page_sign_in.post_code,
    page_sign_in.post_logout,
    account.show_account,
    account.post_totp,
    account.post_codes,
    account.post_password,
    account.post_session,
    notices.show_notices,
    notices.post_notices,
    welcome.show_welcome,
    welcome.post_welcome,
    page_endpoints.show_endpoints,
    page_endpoints.post_endpoint,
    page_endpoint.show_endpoint,
    page_endpoint.post_endpoint_act,
    page_endpoint.show_delivery,
    page_endpoint.post_replay,
    static.get_static,
)
