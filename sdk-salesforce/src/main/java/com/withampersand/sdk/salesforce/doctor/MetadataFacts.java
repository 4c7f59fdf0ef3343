package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the metadata of an app says, in the same words for both kinds of app. */
final class MetadataFacts {
  static final String GLOBAL = "ExtlClntAppGlobalOauthSettings/";
  static final String OAUTH = "ExtlClntAppOauthSettings/";
  static final String POLICIES = "ExtlClntAppOauthConfigurablePolicies/";
  static final String APP_POLICIES = "ExtlClntAppConfigurablePolicies/";
  static final String CONFIG = "ConnectedApp/oauthConfig/";
  static final String POLICY = "ConnectedApp/oauthPolicy/";

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
   * @param unit {@code hours}, {@code days} or {@code months}
   */
  record RefreshTokenPolicy(String type, int period, String unit) {
    String duration() {
      return period + " " + (period == 1 ? unit.replaceAll("s$", "") : unit);
    }

    boolean isShorterThanDays(int days) {
      return switch (unit) {
        case "hours" -> period < days * 24L;
        case "days" -> period < days;
        default -> period < 1;
      };
    }
  }

  /** Tells whether anything of a file was retrieved, such as {@link #POLICIES}. */
  boolean has(String file) {
    return elements.keySet().stream().anyMatch(path -> path.startsWith(file));
  }

  boolean hasSettings() {
    return has(GLOBAL) || has(CONFIG);
  }

  boolean hasScopes() {
    return has(OAUTH) || has(CONFIG);
  }

  boolean hasPolicies() {
    return has(POLICIES) || has(POLICY);
  }

  /** An External Client App that does not say it requires PKCE, a Connected App does not. */
  boolean requiresPkce() {
    return setting("isPkceRequired").map(Boolean::valueOf).orElse(!connectedApp);
  }

  Optional<Boolean> rotates() {
    return setting("isRefreshTokenRotationEnabled").map(Boolean::valueOf);
  }

  boolean needsSecretForCodes() {
    return setting("isConsumerSecretOptional").map(text -> !text.equals("true")).orElse(true);
  }

  boolean needsSecretForRefreshes() {
    return setting("isSecretRequiredForRefreshToken")
        .map(text -> !text.equals("false"))
        .orElse(true);
  }

  Optional<String> certificate() {
    return setting("certificate").map(MetadataFacts::base64).filter(text -> !text.isEmpty());
  }

  private static String base64(String pem) {
    return pem.replaceAll("-----[A-Z ]+-----|\\s", "");
  }

  List<String> callbacks() {
    return setting("callbackUrl").stream().flatMap(text -> split(text, "\\s+")).toList();
  }

  /** A frequent mistake: Salesforce reads the scopes of an External Client App as one list. */
  boolean hasScopesInWrongElement() {
    return elements.containsKey(OAUTH + "scopes");
  }

  List<String> scopes() {
    if (connectedApp || hasScopesInWrongElement()) {
      return elements.getOrDefault((connectedApp ? CONFIG : OAUTH) + "scopes", List.of());
    }
    return text(OAUTH + "commaSeparatedOauthScopes").stream()
        .flatMap(text -> split(text, "[,\\s]+"))
        .toList();
  }

  private static Stream<String> split(String text, String separator) {
    return Arrays.stream(text.split(separator, -1)).filter(part -> !part.isEmpty());
  }

  Optional<RefreshTokenPolicy> refreshTokenPolicy() {
    return connectedApp
        ? text(POLICY + "refreshTokenPolicy").map(MetadataFacts::policy)
        : text(POLICIES + "refreshTokenPolicyType")
            .map(
                type ->
                    new RefreshTokenPolicy(
                        type.toLowerCase(Locale.ROOT),
                        number(text(POLICIES + "refreshTokenValidityPeriod").orElse("")),
                        text(POLICIES + "refreshTokenValidityUnit")
                            .orElse("")
                            .toLowerCase(Locale.ROOT)));
  }

  private static RefreshTokenPolicy policy(String text) {
    String[] parts = text.toLowerCase(Locale.ROOT).split(":", -1);
    return new RefreshTokenPolicy(
        parts[0].replace("_", ""),
        parts.length > 1 ? number(parts[1]) : 0,
        parts.length > 2 ? parts[2].strip() : "");
  }

  private static int number(String text) {
    return text.strip().matches("\\d{1,9}") ? Integer.parseInt(text.strip()) : 0;
  }

  /** Returns how IP ranges are enforced, in capitals. */
  Optional<String> ipRelaxation() {
    return text(connectedApp ? POLICY + "ipRelaxation" : POLICIES + "ipRelaxationPolicyType")
        .map(text -> text.toUpperCase(Locale.ROOT));
  }

  /** Tells whether only users whom an admin names may use the app. */
  boolean admitsNamedUsersOnly() {
    return connectedApp
        ? text(CONFIG + "isAdminApproved").filter("true"::equals).isPresent()
        : text(POLICIES + "permittedUsersPolicyType")
            .filter("AdminApprovedPreAuthorized"::equals)
            .isPresent();
  }

  boolean namesUsers() {
    return isSaid("ConnectedApp/permissionSetName")
        || isSaid("ConnectedApp/profileName")
        || isSaid(POLICIES + "commaSeparatedPermissionSet")
        || isSaid(POLICIES + "commaSeparatedProfile");
  }

  private boolean isSaid(String path) {
    return elements.getOrDefault(path, List.of()).stream().anyMatch(text -> !text.isBlank());
  }

  /** Tells whether the app's own settings have the client credentials flow. */
  boolean hasClientCredentials() {
    return isTrue(GLOBAL + "isClientCredentialsFlowEnabled")
        || isTrue(CONFIG + "isClientCredentialEnabled");
  }

  /** Tells whether its policies have the client credentials flow: a Connected App has no such. */
  boolean allowsClientCredentials() {
    return connectedApp || isTrue(POLICIES + "isClientCredentialsFlowEnabled");
  }

  Optional<String> runAsUser() {
    return text(POLICIES + "clientCredentialsFlowUser")
        .or(() -> text(CONFIG + "oauthClientCredentialUser"))
        .filter(user -> !user.isBlank());
  }

  private boolean isTrue(String path) {
    return text(path).filter("true"::equals).isPresent();
  }

  boolean isOff(String path) {
    return text(path).filter("false"::equals).isPresent();
  }

  boolean holdsSecret() {
    return elements.containsKey(GLOBAL + "consumerSecret")
        || elements.containsKey(CONFIG + "consumerSecret");
  }

  private Optional<String> setting(String name) {
    return text((connectedApp ? CONFIG : GLOBAL) + name);
  }

  Optional<String> text(String path) {
    return elements.getOrDefault(path, List.of()).stream().findFirst();
  }
}
