package com.withampersand.sdk.fuzz;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.salesforce.SalesforceAppSettings;
import com.withampersand.sdk.salesforce.SalesforceScopes;
import com.withampersand.sdk.salesforce.doctor.SalesforceDoctor;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Reads the files of an app: pairs of a path and a text, in a zip, or a zip itself. What was read
 * is written and read again.
 */
final class MetadataTarget implements Target {
  private static final SalesforceAppMetadata DECLARED =
      SalesforceAppMetadata.builder(
              "Acme",
              "ops@acme.example",
              SalesforceAppSettings.builder()
                  .scopes(SalesforceScopes.API, SalesforceScopes.REFRESH_TOKEN)
                  .callback(URI.create("https://app.example/callback"))
                  .build())
          .build();

  private static final String MANIFEST = "package.xml";

  /** A text of so many characters may be longer than a file that is read. */
  private static final int LONGEST_FILE = 1 << 18;

  /** What is written is what was read, with whatever stands in it. */
  private static final List<String> NONE = List.of();

  private final Path zip;
  private final Path written;

  MetadataTarget() {
    try {
      Path directory = Scratch.directory();
      this.zip = directory.resolve("app.zip");
      this.written = directory.resolve("app");
      DECLARED.writeTo(written);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void run(Input input) throws IOException {
    byte[] bytes = input.bytes();
    boolean isZip = bytes.length > 1 && bytes[0] == 'P' && bytes[1] == 'K';
    Files.write(zip, isZip ? bytes : zip(input));
    List<SalesforceAppMetadata> apps =
        Tried.call(
                () -> SalesforceAppMetadata.read(zip),
                InvalidProviderAppException.class,
                UncheckedIOException.class)
            .result()
            .orElse(List.of());
    for (SalesforceAppMetadata app : apps) {
      look(app);
    }
  }

  private static byte[] zip(Input input) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    for (int i = 0; !input.field(i).isEmpty() && i < 20; i += 2) {
      files.put(i + "/" + input.field(i), input.field(i + 1));
    }
    return zip(files);
  }

  private static byte[] zip(Map<String, String> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    } catch (IllegalArgumentException e) {
      // A name that is too long for a zip.
      return new byte[0];
    }
    return bytes.toByteArray();
  }

  private void look(SalesforceAppMetadata app) throws IOException {
    Tried.call(() -> SalesforceDoctor.check(app, DECLARED));
    Tried.call(() -> SalesforceDoctor.check(DECLARED, app));
    Tried.call(() -> app.plan(written), InvalidProviderAppException.class);
    app.elements().forEach(MetadataTarget::requireHidden);
    Map<String, String> files = Tried.call(NONE, app::files).result().orElseThrow();
    files
        .keySet()
        .forEach(
            path ->
                Require.that(
                    written.resolve(path).normalize().startsWith(written)
                        && !Path.of(path).isAbsolute(),
                    "no path outside: " + path));
    files
        .values()
        .forEach(
            text ->
                Require.that(
                    !text.toLowerCase(Locale.ROOT).contains("<consumersecret"),
                    "no place of a secret"));
    requireSameAgain(files);
  }

  /** An app whose name was hidden is read again as one for each file, with a manifest for each. */
  private void requireSameAgain(Map<String, String> files) throws IOException {
    if (files.values().stream().anyMatch(text -> text.length() > LONGEST_FILE)) {
      return;
    }
    Map<String, String> again = new TreeMap<>();
    Files.write(zip, zip(files));
    SalesforceAppMetadata.read(zip).forEach(app -> again.putAll(app.files()));
    Map<String, String> before = new TreeMap<>(files);
    before.remove(MANIFEST);
    again.remove(MANIFEST);
    Require.same(before, again, "what was written says the same");
  }

  private static void requireHidden(String path, List<String> values) {
    boolean isSecret = path.toLowerCase(Locale.ROOT).contains("/consumersecret");
    Require.that(
        !isSecret || values.stream().allMatch("***"::equals), "no secret is kept: " + path);
  }
}
