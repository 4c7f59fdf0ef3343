package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.salesforce.internal.ScopeNames;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the files of an app say. Flows that this SDK does not use are off. */
final class AppElements {
  /** What an app may have or not. Where it has not, a file that is there loses it. */
  private static final Set<String> OPTIONAL =
      Set.of(
          "ExtlClntAppGlobalOauthSettings/certificate",
          "ExtlClntAppOauthConfigurablePolicies/clientCredentialsFlowUser",
          "ExtlClntAppOauthConfigurablePolicies/commaSeparatedPermissionSet",
          "ExtlClntAppOauthConfigurablePolicies/refreshTokenValidityPeriod",
          "ExtlClntAppOauthConfigurablePolicies/refreshTokenValidityUnit",
          "ConnectedApp/permissionSetName",
          "ConnectedApp/oauthConfig/certificate",
          "ConnectedApp/oauthConfig/oauthClientCredentialUser");

  private final SalesforceAppMetadata.Builder app;

  private AppElements(SalesforceAppMetadata.Builder app) {
    this.app = app;
  }

  static List<Component> of(SalesforceAppMetadata.Builder app) {
    AppElements elements = new AppElements(app);
    return app.connectedApp ? List.of(elements.connectedApp()) : elements.externalClientApp();
  }

  /** Tells whether an element of this path is written for some apps, and not for others. */
  static boolean isOptional(String path) {
    return OPTIONAL.contains(path);
  }

  private List<Component> externalClientApp() {
    return List.of(
        component(ComponentType.HEADER, header()),
        component(ComponentType.GLOBAL_OAUTH, globalOauth()),
        component(ComponentType.OAUTH, oauth()),
        component(ComponentType.OAUTH_POLICIES, policies()));
  }

  private Component component(ComponentType type, List<Element> elements) {
    String path = type.path(type.componentName(app.name));
    return new Component(type, path, Element.group(type.typeName(), elements));
  }

  private List<Element> header() {
    List<Element> header = new ArrayList<>();
    header.add(Element.of("contactEmail", app.contactEmail));
    header.add(Element.of("description", app.description));
    header.add(Element.of("distributionState", app.packaged ? "Packaged" : "Local"));
    header.add(Element.of("isProtected", false));
    header.add(Element.of("label", app.label));
    return header;
  }

  private List<Element> globalOauth() {
    List<Element> oauth = new ArrayList<>(requirements());
    oauth.add(appName());
    oauth.add(label(ComponentType.GLOBAL_OAUTH));
    oauth.add(Element.of("isClientCredentialsFlowEnabled", app.runAsUser != null));
    oauth.add(Element.of("isCodeCredFlowEnabled", false));
    oauth.add(Element.of("isCodeCredPostOnly", false));
    oauth.add(Element.of("isDeviceFlowEnabled", false));
    oauth.add(Element.of("shouldRotateConsumerKey", false));
    oauth.add(Element.of("shouldRotateConsumerSecret", false));
    return oauth;
  }

  /** Both kinds of app have these by the same names. */
  private List<Element> requirements() {
    List<Element> elements = new ArrayList<>();
    elements.add(Element.of("callbackUrl", callbacks()));
    elements.add(Element.of("isConsumerSecretOptional", false));
    elements.add(Element.of("isIntrospectAllTokens", false));
    // Not JWT bearer: whether access tokens are JWTs.
    elements.add(Element.of("isNamedUserJwtEnabled", false));
    elements.add(Element.of("isPkceRequired", app.settings.usesPkce()));
    elements.add(Element.of("isRefreshTokenRotationEnabled", app.settings.rotatesRefreshTokens()));
    elements.add(Element.of("isSecretRequiredForRefreshToken", true));
    elements.add(Element.of("isSecretRequiredForTokenExchange", true));
    elements.add(Element.of("isTokenExchangeEnabled", false));
    certificate().ifPresent(text -> elements.add(Element.of("certificate", text)));
    Optional.ofNullable(app.consumerKey)
        .ifPresent(key -> elements.add(Element.of("consumerKey", key)));
    return elements;
  }

  private List<Element> oauth() {
    return List.of(
        Element.of("commaSeparatedOauthScopes", String.join(", ", scopes())),
        appName(),
        label(ComponentType.OAUTH));
  }

  private List<Element> policies() {
    List<Element> policies = new ArrayList<>();
    policies.add(appName());
    policies.add(label(ComponentType.OAUTH_POLICIES));
    policies.add(
        Element.of(
            "ipRelaxationPolicyType", app.enforcesIpRanges ? "Enforce" : "Enforce_RelaxRefresh"));
    policies.add(Element.of("isClientCredentialsFlowEnabled", app.runAsUser != null));
    policies.add(Element.of("isGuestCodeCredFlowEnabled", false));
    policies.add(Element.of("isTokenExchangeFlowEnabled", false));
    policies.add(
        Element.of(
            "permittedUsersPolicyType",
            app.permissionSets.isEmpty() ? "AllSelfAuthorized" : "AdminApprovedPreAuthorized"));
    policies.add(Element.of("requiredSessionLevel", "STANDARD"));
    addRefreshTokenPolicy(policies);
    if (!app.permissionSets.isEmpty()) {
      policies.add(Element.of("commaSeparatedPermissionSet", String.join(",", app.permissionSets)));
    }
    Optional.ofNullable(app.runAsUser)
        .ifPresent(user -> policies.add(Element.of("clientCredentialsFlowUser", user)));
    return policies;
  }

  private void addRefreshTokenPolicy(List<Element> policies) {
    if (app.idle.isZero()) {
      policies.add(Element.of("refreshTokenPolicyType", "Infinite"));
      return;
    }
    policies.add(Element.of("refreshTokenPolicyType", "SpecificInactivity"));
    policies.add(Element.of("refreshTokenValidityPeriod", String.valueOf(app.idle.toDays())));
    policies.add(Element.of("refreshTokenValidityUnit", "Days"));
  }

  private Component connectedApp() {
    List<Element> elements = new ArrayList<>();
    elements.add(Element.of("contactEmail", app.contactEmail));
    elements.add(Element.of("description", app.description));
    elements.add(Element.of("label", app.label));
    elements.add(Element.group("oauthConfig", oauthConfig()));
    elements.add(
        Element.group(
            "oauthPolicy",
            List.of(
                Element.of(
                    "ipRelaxation", app.enforcesIpRanges ? "ENFORCE" : "ENFORCE_RELAXREFRESH"),
                Element.of(
                    "refreshTokenPolicy",
                    app.idle.isZero()
                        ? "infinite"
                        : "specific_inactivity:" + app.idle.toDays() + ":DAYS"))));
    app.permissionSets.forEach(name -> elements.add(Element.of("permissionSetName", name)));
    return component(ComponentType.CONNECTED_APP, elements);
  }

  private List<Element> oauthConfig() {
    List<Element> config = new ArrayList<>(requirements());
    config.add(Element.of("isAdminApproved", !app.permissionSets.isEmpty()));
    config.add(Element.of("isClientCredentialEnabled", app.runAsUser != null));
    config.add(Element.of("isCodeCredentialEnabled", false));
    config.add(Element.of("isCodeCredentialPostOnly", false));
    Optional.ofNullable(app.runAsUser)
        .ifPresent(user -> config.add(Element.of("oauthClientCredentialUser", user)));
    scopes().forEach(scope -> config.add(Element.of("scopes", scope)));
    return config;
  }

  private String callbacks() {
    return app.settings.callbacks().stream().map(URI::toString).collect(Collectors.joining("\n"));
  }

  private List<String> scopes() {
    return app.settings.scopes().toList().stream()
        .map(scope -> metadataName(app, scope).orElseThrow())
        .distinct()
        .toList();
  }

  /** Returns what the metadata calls a scope; empty if that is not known. */
  static Optional<String> metadataName(SalesforceAppMetadata.Builder app, String scope) {
    return Optional.ofNullable(app.scopeNames.get(scope)).or(() -> ScopeNames.of(scope));
  }

  private Optional<String> certificate() {
    return Optional.ofNullable(app.certificate).map(PemCertificate::encoded);
  }

  private Element appName() {
    return Element.of("externalClientApplication", app.name);
  }

  private Element label(ComponentType type) {
    return Element.of("label", type.componentName(app.name));
  }
}
