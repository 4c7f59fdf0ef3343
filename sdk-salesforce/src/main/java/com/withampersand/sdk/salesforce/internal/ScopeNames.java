package com.withampersand.sdk.salesforce.internal;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What Salesforce's metadata calls the scopes of OAuth. A scope may have several names there, which
 * mean the same: what is retrieved need not be what was deployed.
 *
 * @see <a
 *     href="https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_extlclntappoauthsettings.htm">Metadata
 *     API: ExtlClntAppOauthSettings</a>
 */
public final class ScopeNames {
  private static final String FULL = "full";
  private static final String REFRESH_TOKEN = "refreshtoken";

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("api", "Api"),
          Map.entry("web", "Web"),
          Map.entry("full", "Full"),
          Map.entry("refresh_token", "RefreshToken"),
          Map.entry("offline_access", "OfflineAccess"),
          Map.entry("id", "Basic"),
          Map.entry("profile", "Profile"),
          Map.entry("email", "Email"),
          Map.entry("address", "Address"),
          Map.entry("phone", "Phone"),
          Map.entry("openid", "OpenID"),
          Map.entry("chatter_api", "Chatter"),
          Map.entry("custom_permissions", "CustomPermissions"),
          Map.entry("visualforce", "CustomApplications"),
          Map.entry("lightning", "Lightning"),
          Map.entry("content", "Content"),
          Map.entry("wave_api", "Wave"),
          Map.entry("eclair_api", "Eclair"),
          Map.entry("pardot_api", "Pardot"),
          Map.entry("chatbot_api", "Chatbot"),
          Map.entry("sfap_api", "SFApiPlatform"),
          Map.entry("interaction_api", "Interaction"),
          Map.entry("einstein_gpt_api", "EinsteinGPT"),
          Map.entry("mcp_api", "MCP"),
          Map.entry("scrt_api", "SCRT"),
          Map.entry("cdp_query_api", "CDPQuery"),
          Map.entry("cdp_profile_api", "CDPProfile"),
          Map.entry("cdp_ingest_api", "CDPIngest"),
          Map.entry("cdp_segment_api", "CDPSegment"),
          Map.entry("cdp_identityresolution_api", "CDPIdentityResolution"),
          Map.entry("cdp_calculated_insight_api", "CDPCalculatedInsight"),
          Map.entry("pwdless_login_api", "PwdlessLogin"),
          Map.entry("user_registration_api", "UserRegistration"),
          Map.entry("forgot_password", "ForgotPassword"));

  /** In lower case. Salesforce documents that deploying one is the same as deploying the other. */
  private static final Map<String, String> SAME =
      Map.of(
          "offlineaccess", "refreshtoken",
          "profile", "basic",
          "email", "basic",
          "address", "basic",
          "phone", "basic");

  private static final Map<String, String> PART_OF =
      Map.of("chatter", "api", "customapplications", "web");

  private ScopeNames() {}

  /** Returns what metadata calls a scope of OAuth; empty if that is not known. */
  public static Optional<String> of(String scope) {
    return Optional.ofNullable(NAMES.get(scope));
  }

  /** Returns the scope of OAuth that metadata calls so; the name itself if none is known. */
  public static String scope(String name) {
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(name);
  }

  /** Tells whether an app with these scopes brings refresh tokens. */
  public static boolean bringRefreshToken(Collection<String> selected) {
    return same(selected).contains(REFRESH_TOKEN);
  }

  /**
   * Tells whether a scope, other than that of refresh tokens, is selected: by a name that means the
   * same, or within a larger one.
   */
  public static boolean includes(Collection<String> selected, String name) {
    Set<String> all = same(selected);
    String wanted = same(name);
    return all.contains(wanted)
        || all.contains(PART_OF.getOrDefault(wanted, wanted))
        || all.contains(FULL);
  }

  /** Tells whether two selections mean the same. */
  public static boolean areSame(Collection<String> left, Collection<String> right) {
    return same(left).equals(same(right));
  }

  private static Set<String> same(Collection<String> names) {
    return names.stream().map(ScopeNames::same).collect(Collectors.toSet());
  }

  /** Whether Salesforce distinguishes case is not documented. */
  private static String same(String name) {
    return SAME.getOrDefault(name.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
  }
}
