package com.withampersand.sdk.salesforce;

import com.withampersand.sdk.oauth.Scopes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The scopes that Salesforce knows, and the words by which its Setup pages call them. The list is
 * not closed: orgs define scopes of their own, and any name may be asked for.
 *
 * @see <a
 *     href="https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_tokens_scopes.htm">Salesforce:
 *     OAuth Tokens and Scopes</a>
 */
public final class SalesforceScopes {
  /** Use the REST, SOAP and Bulk APIs as the user. */
  public static final String API = "api";

  /** Use the access token in a web browser. */
  public static final String WEB = "web";

  /** Everything the user can do; a refresh token is not part of it. */
  public static final String FULL = "full";

  /**
   * Receive a refresh token: without it, the connection ends with the first session. The same as
   * {@link #OFFLINE_ACCESS}.
   */
  public static final String REFRESH_TOKEN = "refresh_token";

  /** Receive a refresh token. The same as {@link #REFRESH_TOKEN}. */
  public static final String OFFLINE_ACCESS = "offline_access";

  /** Read the identity of the user. */
  public static final String ID = "id";

  /** Read the user's profile. */
  public static final String PROFILE = "profile";

  /** Read the user's email address. */
  public static final String EMAIL = "email";

  /** Receive an OpenID Connect token that names the user. */
  public static final String OPENID = "openid";

  /** Use the Connect REST API. */
  public static final String CHATTER_API = "chatter_api";

  /** Read the user's custom permissions. */
  public static final String CUSTOM_PERMISSIONS = "custom_permissions";

  /** Use the Analytics REST API. */
  public static final String WAVE_API = "wave_api";

  /** Use the services of Account Engagement, formerly Pardot. */
  public static final String PARDOT_API = "pardot_api";

  /** Use Visualforce pages. */
  public static final String VISUALFORCE = "visualforce";

  /** Use Lightning applications. */
  public static final String LIGHTNING = "lightning";

  /** Use content resources. */
  public static final String CONTENT = "content";

  /** Use the Salesforce API Platform. */
  public static final String SFAP_API = "sfap_api";

  /** Use Salesforce's hosted MCP servers. */
  public static final String MCP_API = "mcp_api";

  /** Query Data Cloud. */
  public static final String CDP_QUERY_API = "cdp_query_api";

  /** Read and change Data Cloud profiles. */
  public static final String CDP_PROFILE_API = "cdp_profile_api";

  /** Feed Data Cloud. */
  public static final String CDP_INGEST_API = "cdp_ingest_api";

  private static final Map<String, String> LABELS =
      Map.ofEntries(
          Map.entry(API, "Manage user data via APIs"),
          Map.entry(WEB, "Manage user data via Web browsers"),
          Map.entry(FULL, "Full access"),
          Map.entry(REFRESH_TOKEN, "Perform requests at any time"),
          Map.entry(OFFLINE_ACCESS, "Perform requests at any time"),
          Map.entry(ID, "Access the identity URL service"),
          Map.entry(PROFILE, "Access the identity URL service"),
          Map.entry(EMAIL, "Access the identity URL service"),
          Map.entry("address", "Access the identity URL service"),
          Map.entry("phone", "Access the identity URL service"),
          Map.entry(OPENID, "Access unique user identifiers"),
          Map.entry(CHATTER_API, "Access Connect REST API resources"),
          Map.entry(CUSTOM_PERMISSIONS, "Access custom permissions"),
          Map.entry(VISUALFORCE, "Access Visualforce applications"),
          Map.entry(LIGHTNING, "Access Lightning applications"),
          Map.entry(CONTENT, "Access content resources"),
          Map.entry(WAVE_API, "Access Analytics REST API resources"),
          Map.entry("eclair_api", "Access Analytics REST API Charts Geodata resources"),
          Map.entry(PARDOT_API, "Manage Pardot services"),
          Map.entry("chatbot_api", "Access chatbot services"),
          Map.entry(SFAP_API, "Access the Salesforce API Platform"),
          Map.entry("interaction_api", "Access Interaction API resources"),
          Map.entry("einstein_gpt_api", "Access Einstein GPT services"),
          Map.entry(MCP_API, "Access Salesforce hosted MCP servers"),
          Map.entry(CDP_QUERY_API, "Perform ANSI SQL queries on Data Cloud data"),
          Map.entry(CDP_PROFILE_API, "Manage Data Cloud profile data"),
          Map.entry(CDP_INGEST_API, "Manage Data Cloud Ingestion API data"),
          Map.entry("pwdless_login_api", "Access Headless Passwordless Login API"),
          Map.entry("user_registration_api", "Access Headless Registration API"),
          Map.entry("forgot_password", "Access Headless Forgot Password API"));

  /** Each is the identity URL service by another name. */
  private static final Set<String> IDENTITY = Set.of(ID, PROFILE, EMAIL, "address", "phone");

  private static final Map<String, String> PART_OF = Map.of(CHATTER_API, API, VISUALFORCE, WEB);

  private SalesforceScopes() {}

  /**
   * Returns what Salesforce's Setup calls a scope, if it is a known one. The wording differs a
   * little between releases.
   */
  public static Optional<String> label(String scope) {
    return Optional.ofNullable(LABELS.get(scope));
  }

  /**
   * Tells whether these scopes bring a refresh token: whether {@link #REFRESH_TOKEN} or {@link
   * #OFFLINE_ACCESS} is among them.
   */
  public static boolean bringRefreshToken(Scopes scopes) {
    return scopes.contains(REFRESH_TOKEN) || scopes.contains(OFFLINE_ACCESS);
  }

  /**
   * Tells whether granted scopes hold a scope, by its name or within a larger one. Salesforce may
   * answer with {@link #FULL} alone; an answer without scopes granted what was asked for.
   */
  static boolean include(Scopes granted, String scope) {
    return granted.isEmpty()
        || granted.contains(scope)
        || granted.contains(FULL)
        || granted.contains(PART_OF.getOrDefault(scope, scope))
        || (IDENTITY.contains(scope) && IDENTITY.stream().anyMatch(granted::contains));
  }
}
