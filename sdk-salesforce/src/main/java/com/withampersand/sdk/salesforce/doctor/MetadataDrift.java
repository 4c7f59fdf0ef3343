package com.withampersand.sdk.salesforce.doctor;

import com.withampersand.sdk.oauth.ProviderText;
import com.withampersand.sdk.salesforce.internal.ScopeNames;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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

  /** Each character counts. */
  private static final Set<String> TEXTS = Set.of("label", "description");

  /** XML Schema has two spellings of each. */
  private static final Map<String, String> BOOLEANS = Map.of("0", "false", "1", "true");

  /** Orders for a deployment, which an org need not return. */
  private static final Set<String> NOT_RETRIEVED =
      Set.of("description", "shouldRotateConsumerKey", "shouldRotateConsumerSecret");

  /** What admits a key or a user without being declared. */
  private static final List<String> OPENS =
      List.of(
          MetadataFacts.GLOBAL + "/certificate",
          MetadataFacts.POLICIES + "/clientCredentialsFlowUser",
          MetadataFacts.POLICIES + "/commaSeparatedPermissionSet",
          MetadataFacts.POLICIES + "/commaSeparatedProfile",
          MetadataFacts.CONFIG + "/certificate",
          MetadataFacts.CONFIG + "/oauthClientCredentialUser",
          MetadataFacts.CONNECTED_APP + "/permissionSetName",
          MetadataFacts.CONNECTED_APP + "/profileName");

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
    if (found.isConnectedApp() != declared.isConnectedApp()) {
      collector.found(MetadataTexts.otherKind(found.isConnectedApp()));
      return;
    }
    if (!isSameName(found.name(), declared.name())) {
      collector.found(MetadataTexts.otherName(found.name(), declared.name()));
    }
    Set<String> told = told();
    Map<String, List<String>> there = found.elements();
    Map<String, List<String>> wanted = declared.elements();
    wanted.keySet().stream()
        .filter(path -> path.indexOf('/') < 0 && !there.containsKey(path))
        .forEach(type -> collector.found(MetadataTexts.fileMissing(type)));
    wanted.forEach(
        (path, texts) -> {
          List<String> is = there.get(path);
          if (is != null && !isSame(path, is, texts)) {
            report(path, is, texts, told);
          }
        });
    OPENS.stream()
        .filter(path -> there.containsKey(path) && !wanted.containsKey(path))
        .forEach(path -> report(path, there.getOrDefault(path, List.of()), List.of(), told));
    noteMissing(there, wanted);
  }

  /** In the org of a customer, an app has the namespace of its package. */
  private static boolean isSameName(String found, String declared) {
    return found.equalsIgnoreCase(declared)
        || found.toLowerCase(Locale.ROOT).endsWith("__" + declared.toLowerCase(Locale.ROOT));
  }

  private Set<String> told() {
    Set<String> told = new HashSet<>();
    TOLD.forEach(
        (code, elements) -> {
          if (collector.has(code)) {
            told.addAll(elements);
          }
        });
    return told;
  }

  private void report(String path, List<String> is, List<String> wanted, Set<String> told) {
    boolean isSaid = !told.contains(name(path)) && !isName(path);
    if (isSaid && !(wanted.isEmpty() && is.stream().allMatch(String::isBlank))) {
      collector.found(MetadataTexts.differs(name(path), is, wanted));
    }
  }

  /** A deployment without an element resets it. */
  private void noteMissing(Map<String, List<String>> there, Map<String, List<String>> wanted) {
    String missing =
        wanted.keySet().stream()
            .filter(path -> path.indexOf('/') > 0 && !there.containsKey(path) && !isName(path))
            .filter(path -> there.containsKey(path.substring(0, path.indexOf('/'))))
            .filter(path -> !NOT_RETRIEVED.contains(name(path)))
            .map(path -> ProviderText.redacted(name(path)))
            .distinct()
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      collector.unseen("Declared settings that the files do not have: " + missing + ".");
    }
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static boolean isName(String path) {
    return path.startsWith("Extl") && NAMES.contains(name(path));
  }

  private static boolean isSame(String path, List<String> found, List<String> declared) {
    String name = name(path);
    if (name.equals(CERTIFICATE)) {
      return true; // compared by what it certifies
    }
    if (TEXTS.contains(name)) {
      return found.equals(declared);
    }
    if (name.equals("callbackUrl")) {
      return lines(found).equals(lines(declared));
    }
    Set<String> is = words(found);
    Set<String> wanted = words(declared);
    if (name.equals("distributionState") && is.equals(Set.of("managed"))) {
      return wanted.equals(Set.of("packaged")); // in the org of a customer
    }
    return SCOPES.contains(name) ? ScopeNames.areSame(is, wanted) : is.equals(wanted);
  }

  private static Set<String> lines(List<String> texts) {
    return new HashSet<>(Arrays.asList(String.join("\n", texts).strip().split("\\s+", -1)));
  }

  /** Lists have no order, and are separated by commas or line ends. */
  private static Set<String> words(List<String> texts) {
    return texts.stream()
        .flatMap(text -> Arrays.stream(text.split("[,\n\r]", -1)))
        .map(word -> word.strip().toLowerCase(Locale.ROOT))
        .map(word -> BOOLEANS.getOrDefault(word, word))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toSet());
  }
}
