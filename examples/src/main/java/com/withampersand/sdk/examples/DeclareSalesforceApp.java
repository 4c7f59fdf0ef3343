package com.withampersand.sdk.examples;

import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.platform.ApplyResult;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.SalesforceAppSettings;
import com.withampersand.sdk.salesforce.doctor.DoctorReport;
import com.withampersand.sdk.salesforce.doctor.SalesforceDoctor;
import com.withampersand.sdk.salesforce.metadata.MetadataChanges;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.nio.file.Path;

/** The app as code: one declaration for Salesforce, for Ampersand and for your program. */
final class DeclareSalesforceApp {
  // region declare
  static final SalesforceAppSettings SETTINGS =
      SalesforceAppSettings.builder()
          .scopes("api", "refresh_token") // Ampersand's callback is the default
          .build();

  static SalesforceAppMetadata declared() {
    return SalesforceAppMetadata.builder("Acme_Sync", "ops@acme.example", SETTINGS)
        .label("Acme Sync")
        .build(); // reports everything that Salesforce would refuse, at once
  }

  // endregion

  private DeclareSalesforceApp() {}

  static MetadataChanges write(Path project) {
    // region write
    MetadataChanges changes = declared().writeTo(project.resolve("force-app/main/default"));
    // endregion
    return changes;
  }

  static DoctorReport check(Path retrieved) {
    // region check
    SalesforceAppMetadata found = SalesforceAppMetadata.read(retrieved, "Acme_Sync");
    DoctorReport report = SalesforceDoctor.check(found, declared());
    // endregion
    return report;
  }

  static ApplyResult register(
      AmpersandClient ampersand, SalesforceAppMetadata found, String consumerSecret) {
    // region register
    SalesforceApp app =
        SalesforceApp.builder(found.consumerKey().orElseThrow(), consumerSecret)
            .settings(SETTINGS)
            .build();
    ApplyResult applied = ampersand.providerApps().apply(app);
    // endregion
    return applied;
  }

  static SalesforceAppMetadata signingIn(String certificate) {
    // region jwt
    return SalesforceAppMetadata.builder("Acme_Sync", "ops@acme.example", SETTINGS)
        .certificate(certificate) // with its PEM lines; the private key stays with you
        .preauthorized("Acme_Sync_Users")
        .build();
    // endregion
  }
}
