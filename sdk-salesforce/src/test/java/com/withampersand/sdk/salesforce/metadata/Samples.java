package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.salesforce.SalesforceAppSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Apps and certificates that tests share. */
public final class Samples {
  public static final URI CALLBACK = URI.create("https://acme.example/salesforce/callback");

  private Samples() {}

  public static SalesforceAppSettings.Builder settings() {
    return SalesforceAppSettings.builder().scopes("api", "refresh_token").callback(CALLBACK);
  }

  public static SalesforceAppMetadata.Builder app() {
    return app(settings().build());
  }

  public static SalesforceAppMetadata.Builder app(SalesforceAppSettings settings) {
    return SalesforceAppMetadata.builder("Acme_Sync", "ops@acme.example", settings)
        .label("Acme Sync");
  }

  /** Returns the only text of an element. */
  public static String text(SalesforceAppMetadata app, String path) {
    List<String> texts = app.elements().getOrDefault(path, List.of());
    if (texts.size() != 1) {
      throw new AssertionError(path + " says " + texts);
    }
    return texts.get(0);
  }

  /** Returns a file as it is written. */
  public static String file(SalesforceAppMetadata app, String path) {
    return Objects.requireNonNull(app.files().get(path), path);
  }

  public static String certificate(String name) {
    try (InputStream file = Samples.class.getResourceAsStream(name + ".pem")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
