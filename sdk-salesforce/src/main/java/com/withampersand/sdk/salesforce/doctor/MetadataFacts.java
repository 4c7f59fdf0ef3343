package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the metadata of an app says, in the same words for both kinds of app. */
final class MetadataFacts {
  static final String HEADER = "ExternalClientApplication";
  static final String GLOBAL = "ExtlClntAppGlobalOauthSettings";
  static final String OAUTH = "ExtlClntAppOauthSettings";
  static final String POLICIES = "ExtlClntAppOauthConfigurablePolicies";
  static final String APP_POLICIES = "ExtlClntAppConfigurablePolicies";
  static final String CONNECTED_APP = "ConnectedApp";
  static final String CONFIG = CONNECTED_APP + "/oauthConfig";
  static final String POLICY = CONNECTED_APP + "/oauthPolicy";

  private static final Set<String> UNITS = Set.of("hours", "days", "months");

  private final Map<String, List<String>> elements;
  private final boolean connectedApp;

  MetadataFacts(SalesforceAppMetadata metadata) {
    this.elements = metadata.elements();
    this.connectedApp = metadata.isConnectedApp();
  }

  /**
   * How long refresh tokens are valid.
   *
   * @param type {@code infinite}, {@code zero}, {@code specificlifetime} or {@code
   *     specificinactivity}; or another word
   * @param period for how many units; 0 if it is not said
   * @param unit {@code hours}, {@code days} or {@code months}; or another word
   */
  record RefreshTokenPolicy(String type, int period, String unit) {
    String duration() {
      return period == 0 || !UNITS.contains(unit)
          ? "a time that the files do not say"
          : period + " " + (period == 1 ? unit.replaceAll("s$", "") : unit);
    }

    boolean isShorterThanDays(int days) {
      return switch (unit) {
        case "hours" -> period < days * 24L;
        case "months" -> period < 1;
        default -> period < days;
      };
    }
  }

  /** Tells whether a file was retrieved, such as {@link #POLICIES}. */
  boolean has(String type) {
    return elements.containsKey(type);
  }

  boolean hasSettings() {
    return connectedApp ? hasAny(CONFIG) : has(GLOBAL);
  }

  boolean hasScopes() {
    return connectedApp ? hasAny(CONFIG) : has(OAUTH);
  }

  /**
   * Tells whether it is said how long refresh tokens are valid, and which addresses may refresh.
   */
  boolean hasPolicies() {
    return connectedApp ? hasAny(POLICY) : has(POLICIES);
  }

  /** Tells whether it is said who may use the app. */
  boolean hasUsers() {
    return connectedApp || has(POLICIES);
  }

  private boolean hasAny(String group) {
    return elements.keySet().stream().anyMatch(path -> path.startsWith(group + "/"));
  }

  boolean isConnectedApp() {
    return connectedApp;
  }

  /** An External Client App that does not say it requires PKCE, a Connected App does not. */
  boolean requiresPkce() {
    return isTrue(setting("isPkceRequired"), !connectedApp);
  }

  boolean rotates(boolean unlessSaid) {
    return isTrue(setting("isRefreshTokenRotationEnabled"), unlessSaid);
  }

  boolean needsSecretForCodes() {
    return !isTrue(setting("isConsumerSecretOptional"), false);
  }

  boolean needsSecretForRefreshes() {
    return isTrue(setting("isSecretRequiredForRefreshToken"), true);
  }

  Optional<String> certificate() {
    return setting("certificate");
  }

  List<String> callbacks() {
    return texts(oauth() + "/callbackUrl").flatMap(text -> split(text, "\\s+")).toList();
  }

  /** A frequent mistake: Salesforce reads the scopes of an External Client App as one list. */
  boolean hasScopesInWrongElement() {
    return elements.containsKey(OAUTH + "/scopes");
  }

  List<String> scopes() {
    String list = OAUTH + "/commaSeparatedOauthScopes";
    if (connectedApp) {
      return texts(CONFIG + "/scopes").toList();
    }
    return elements.containsKey(list)
        ? texts(list).flatMap(text -> split(text, "[,\\s]+")).toList()
        : texts(OAUTH + "/scopes").toList();
  }

  private static Stream<String> split(String text, String separator) {
    return Arrays.stream(text.split(separator, -1)).filter(part -> !part.isEmpty());
  }

  Optional<RefreshTokenPolicy> refreshTokenPolicy() {
    return connectedApp
        ? text(POLICY + "/refreshTokenPolicy").map(MetadataFacts::policy)
        : text(POLICIES + "/refreshTokenPolicyType")
            .map(
                type ->
                    policy(
                        type
                            + ":"
                            + text(POLICIES + "/refreshTokenValidityPeriod").orElse("")
                            + ":"
                            + text(POLICIES + "/refreshTokenValidityUnit").orElse("")));
  }

  private static RefreshTokenPolicy policy(String text) {
    String[] parts = (text.toLowerCase(Locale.ROOT) + "::").split(":", -1);
    return new RefreshTokenPolicy(
        parts[0].replace("_", "").strip(), number(parts[1].strip()), parts[2].strip());
  }

  private static int number(String text) {
    return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
  }

  /** Tells whether IP ranges apply to refreshes, too. */
  boolean enforcesIpRanges() {
    return text(connectedApp ? POLICY + "/ipRelaxation" : POLICIES + "/ipRelaxationPolicyType")
        .filter("Enforce"::equalsIgnoreCase)
        .isPresent();
  }

  /** Tells whether only users whom an admin names may use the app. */
  boolean admitsNamedUsersOnly() {
    return connectedApp
        ? isTrue(text(CONFIG + "/isAdminApproved"), false)
        : text(POLICIES + "/permittedUsersPolicyType")
            .filter("AdminApprovedPreAuthorized"::equalsIgnoreCase)
            .isPresent();
  }

  boolean namesUsers() {
    return Stream.of(
            CONNECTED_APP + "/permissionSetName",
            CONNECTED_APP + "/profileName",
            POLICIES + "/commaSeparatedPermissionSet",
            POLICIES + "/commaSeparatedProfile")
        .anyMatch(path -> text(path).isPresent());
  }

  /** Tells whether the app's own settings have the client credentials flow. */
  boolean hasClientCredentials() {
    return isTrue(text(GLOBAL + "/isClientCredentialsFlowEnabled"), false)
        || isTrue(text(CONFIG + "/isClientCredentialEnabled"), false);
  }

  /** Tells whether the policies have the flow, too. Those of a Connected App do not. */
  boolean allowsClientCredentials() {
    return connectedApp || isTrue(text(POLICIES + "/isClientCredentialsFlowEnabled"), false);
  }

  Optional<String> runAsUser() {
    return text(POLICIES + "/clientCredentialsFlowUser")
        .or(() -> text(CONFIG + "/oauthClientCredentialUser"));
  }

  boolean isOff(String path) {
    return !isTrue(text(path), true);
  }

  /** What is or looks like a secret reads so. */
  boolean holdsSecret() {
    return elements.values().stream().anyMatch(texts -> texts.contains("***"));
  }

  private String oauth() {
    return connectedApp ? CONFIG : GLOBAL;
  }

  private Optional<String> setting(String name) {
    return text(oauth() + "/" + name);
  }

  /** XML Schema has two spellings of each. */
  private static boolean isTrue(Optional<String> text, boolean unlessSaid) {
    return text.map(value -> value.equalsIgnoreCase("true") || value.equals("1"))
        .orElse(unlessSaid);
  }

  /** Returns the first text of an element. An element that is empty says nothing. */
  Optional<String> text(String path) {
    return texts(path).findFirst();
  }

  private Stream<String> texts(String path) {
    return elements.getOrDefault(path, List.of()).stream().filter(text -> !text.isBlank());
  }
}
