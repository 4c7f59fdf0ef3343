package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.oauth.ProviderText;
import com.withampersand.sdk.salesforce.internal.CredentialShapes;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the Metadata API takes. */
final class MetadataRules {
  private static final Pattern NAME = Pattern.compile("[A-Za-z](?:_?[A-Za-z0-9])*+");
  private static final Pattern PERMISSION_SET = Pattern.compile("[A-Za-z]\\w*+");
  private static final Pattern EMAIL = Pattern.compile("[^\\s@,;<>]+@[^\\s@,;<>]+");
  private static final Pattern USERNAME = Pattern.compile("[^\\s@]+@[^\\s@]+");

  /** Of an API name and of a label. */
  private static final int LONGEST = 80;

  private static final int LONGEST_DESCRIPTION = 1000;
  private static final int SHORTEST_KEY = 2048;

  /** What Salesforce demands of apps that are used in more than two customers' orgs. */
  private static final int SHORTEST_IDLE_DAYS = 30;

  private static final int LONGEST_IDLE_DAYS = 36_500;

  private final SalesforceAppMetadata.Builder app;
  private final List<Violation> violations = new ArrayList<>();

  MetadataRules(SalesforceAppMetadata.Builder app) {
    this.app = app;
  }

  List<Violation> violations() {
    checkName();
    checkLabel();
    checkDescription();
    checkEmail();
    checkScopes();
    checkRefreshTokens();
    checkPermissionSets();
    checkCertificate();
    checkRunAsUser();
    checkConsumerKey();
    checkKind();
    return violations;
  }

  private void violated(String field, String problem, String remedy) {
    violations.add(new Violation(field, problem, remedy));
  }

  /** Names of components are longer than the app's. */
  private void checkName() {
    if (!NAME.matcher(app.name).matches()) {
      violated(
          "name",
          "\"" + ProviderText.redacted(app.name) + "\" is not an API name of Salesforce.",
          "Use letters, digits and single underscores, with a letter first and no underscore last,"
              + " such as Acme_Sync.");
    }
    int longest =
        app.connectedApp
            ? LONGEST
            : LONGEST - ComponentType.GLOBAL_OAUTH.componentName("").length();
    if (app.name.length() > longest) {
      violated(
          "name",
          "It has "
              + app.name.length()
              + " characters. The longest that its files can have is "
              + longest
              + ".",
          "Use a shorter one. The label may say more.");
    }
  }

  private void checkLabel() {
    String problem =
        app.label.isBlank()
            ? "It is blank."
            : app.label.length() > LONGEST
                ? "It is longer than 80 characters."
                : isOneLine(app.label) ? "" : "It has a line end, or a character that XML lacks.";
    if (!problem.isEmpty()) {
      violated("label", problem, "Use the name by which customers know your product.");
    }
  }

  private void checkDescription() {
    String remedy = "Say in a sentence what the app does.";
    if (app.description.length() > LONGEST_DESCRIPTION) {
      violated("description", "It is longer than 1,000 characters.", remedy);
    } else if (!ElementWriter.canBeWritten(app.description)) {
      violated("description", "It has a character that XML lacks.", remedy);
    }
  }

  private void checkRefreshTokens() {
    long days = app.idle.toDays();
    if (!app.idle.isZero()
        && (days < SHORTEST_IDLE_DAYS
            || days > LONGEST_IDLE_DAYS
            || !app.idle.equals(Duration.ofDays(days)))) {
      violated(
          "refreshTokensExpireUnused",
          "It is not a number of whole days between 30 and 36,500.",
          "Leave it out, so that refresh tokens are valid until revoked, or use Duration.ofDays(30).");
    }
  }

  private static boolean isOneLine(String text) {
    return ElementWriter.canBeWritten(text) && text.indexOf('\n') < 0 && text.indexOf('\t') < 0;
  }

  private void checkEmail() {
    if (!EMAIL.matcher(app.contactEmail).matches() || !isOneLine(app.contactEmail)) {
      violated(
          "contactEmail",
          "It is not one email address.",
          "Use the address at which Salesforce reaches your team.");
    }
  }

  private void checkScopes() {
    for (String scope : app.settings.scopes()) {
      if (AppElements.metadataName(app, scope).isEmpty()) {
        violated(
            "scopes",
            "The metadata's name of the scope "
                + ProviderText.redacted(scope)
                + " is not known to this SDK.",
            "Select the scope on the app's page in Salesforce, retrieve the app, and give the name"
                + " that it has there to scopeName(\""
                + ProviderText.redacted(scope)
                + "\", …).");
      }
    }
    app.scopeNames.values().stream()
        .filter(name -> !name.matches("\\w{1,80}"))
        .forEach(
            name ->
                violated(
                    "scopeName",
                    "\"" + ProviderText.redacted(name) + "\" cannot be a scope's name in metadata.",
                    "Use a name such as Api, as a retrieved app has it."));
  }

  private void checkPermissionSets() {
    if (app.preauthorized && app.permissionSets.isEmpty()) {
      violated(
          "preauthorized",
          "No permission set is named, so no user is admitted.",
          "Name the permission sets whose users may use the app.");
    }
    for (String name : app.permissionSets) {
      if (!PERMISSION_SET.matcher(name).matches()) {
        violated(
            "preauthorized",
            "\"" + ProviderText.redacted(name) + "\" is not the API name of a permission set.",
            "Give the API name of each permission set separately, such as Acme_Sync_Users.");
      }
    }
  }

  private void checkCertificate() {
    if (app.certificate == null) {
      return;
    }
    if (PemCertificate.isPrivateKey(app.certificate)) {
      violated(
          "certificate",
          "It is a private key, which must never leave your servers.",
          "Give the certificate, which starts with -----BEGIN CERTIFICATE-----.");
      return;
    }
    try {
      checkCertificate(PemCertificate.parse(app.certificate));
    } catch (CertificateException e) {
      violated(
          "certificate",
          "It is not one X.509 certificate in PEM.",
          "Copy the file again, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.");
    }
  }

  private void checkCertificate(X509Certificate certificate) {
    Instant end = certificate.getNotAfter().toInstant();
    if (end.isBefore(app.clock.instant())) {
      violated(
          "certificate",
          "It ended on " + end + ".",
          "Make a new one for the same key, or a new key and its certificate.");
    }
    if (!(certificate.getPublicKey() instanceof RSAKey key)
        || key.getModulus().bitLength() < SHORTEST_KEY) {
      violated(
          "certificate",
          "Its key is not an RSA key of 2,048 bits or more, which RS256 needs.",
          "Make an RSA key and its certificate.");
    }
  }

  private void checkRunAsUser() {
    if (app.runAsUser != null
        && (!USERNAME.matcher(app.runAsUser).matches() || !isOneLine(app.runAsUser))) {
      violated(
          "clientCredentials",
          "The Run As user is not a username.",
          "Usernames of Salesforce look like email addresses: integration@acme.example.");
    }
  }

  private void checkConsumerKey() {
    if (app.consumerKey == null) {
      return;
    }
    if (CredentialShapes.isSecret(app.consumerKey)) {
      violated(
          "consumerKey",
          "It looks like the Consumer Secret, which is never written.",
          "Give the Consumer Key; it usually starts with 3MVG9.");
    } else if (app.consumerKey.isEmpty()
        || !app.consumerKey.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      violated(
          "consumerKey",
          "It is empty, or holds white space or a character that cannot be seen.",
          "Copy it again from the app's page in Salesforce.");
    }
  }

  private void checkKind() {
    if (app.connectedApp && app.packaged) {
      violated(
          "packaged",
          "Only the files of an External Client App say that the app is packaged.",
          "Leave out asConnectedApp(), or packaged().");
    }
  }
}
