package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.salesforce.internal.ScopeNames;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds settings that say something else than declared, where no finding has said so already. What
 * is not in the files may be as declared, and is no finding.
 */
final class MetadataDrift {
  /** Names and labels of parts differ where the app was made by clicks. */
  private static final Set<String> NAMES = Set.of("label", "externalClientApplication");

  /** Compared by findings of their own in every case. */
  private static final String CERTIFICATE = "certificate";

  private static final Set<String> SCOPES = Set.of("commaSeparatedOauthScopes", "scopes");

  private static final List<String> REFRESH_TOKENS =
      List.of(
          "refreshTokenPolicyType",
          "refreshTokenValidityPeriod",
          "refreshTokenValidityUnit",
          "refreshTokenPolicy");

  /** The elements that each finding is about. */
  private static final Map<String, List<String>> TOLD =
      Map.ofEntries(
          Map.entry("callback-not-registered", List.of("callbackUrl")),
          Map.entry("pkce-required", List.of("isPkceRequired")),
          Map.entry("pkce-not-required", List.of("isPkceRequired")),
          Map.entry("secret-not-required-for-codes", List.of("isConsumerSecretOptional")),
          Map.entry(
              "secret-not-required-for-refreshes", List.of("isSecretRequiredForRefreshToken")),
          Map.entry("rotation-enabled", List.of("isRefreshTokenRotationEnabled")),
          Map.entry(
              "client-credentials-not-enabled",
              List.of("isClientCredentialsFlowEnabled", "isClientCredentialEnabled")),
          Map.entry(
              "run-as-user-missing",
              List.of("clientCredentialsFlowUser", "oauthClientCredentialUser")),
          Map.entry("refresh-scope-missing", List.of("commaSeparatedOauthScopes", "scopes")),
          Map.entry("scopes-not-selected", List.of("commaSeparatedOauthScopes", "scopes")),
          Map.entry("refresh-token-expires", REFRESH_TOKENS),
          Map.entry("refresh-token-expires-unused", REFRESH_TOKENS),
          Map.entry("ip-restricted", List.of("ipRelaxationPolicyType", "ipRelaxation")),
          Map.entry(
              "no-user-admitted",
              List.of(
                  "permittedUsersPolicyType", "isAdminApproved", "commaSeparatedPermissionSet")));

  private final FindingCollector collector;

  MetadataDrift(FindingCollector collector) {
    this.collector = collector;
  }

  void run(SalesforceAppMetadata found, SalesforceAppMetadata declared) {
    Set<String> told = new HashSet<>(Set.of(CERTIFICATE));
    TOLD.forEach(
        (code, elements) -> {
          if (collector.has(code)) {
            told.addAll(elements);
          }
        });
    Map<String, List<String>> there = found.elements();
    declared
        .elements()
        .forEach(
            (path, texts) -> {
              List<String> is = there.get(path);
              if (is != null
                  && !told.contains(name(path))
                  && !isName(path)
                  && !same(path, is, texts)) {
                collector.found(MetadataTexts.differs(name(path), is, texts));
              }
            });
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static boolean isName(String path) {
    return path.startsWith("Extl") && NAMES.contains(name(path));
  }

  /** Lists have no order, and are separated by commas or line ends. */
  private static boolean same(String path, List<String> found, List<String> declared) {
    Set<String> is = words(found);
    Set<String> wanted = words(declared);
    return SCOPES.contains(name(path)) ? ScopeNames.areSame(is, wanted) : is.equals(wanted);
  }

  private static Set<String> words(List<String> texts) {
    return texts.stream()
        .flatMap(text -> Arrays.stream(text.split("\\s*[,\\n\\r]\\s*")))
        .collect(Collectors.toSet());
  }
}
