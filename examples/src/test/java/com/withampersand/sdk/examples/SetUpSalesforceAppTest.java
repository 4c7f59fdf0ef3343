package com.withampersand.sdk.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.platform.AmpersandClient;
import com.withampersand.sdk.salesforce.SalesforceApp;
import com.withampersand.sdk.salesforce.metadata.SalesforceAppMetadata;
import com.withampersand.sdk.testkit.FakeAmpersand;
import com.withampersand.sdk.testkit.FakeSalesforce;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetUpSalesforceAppTest {
  private static final String SECRET = "CANARYSECRET";
  private static final String OAUTH =
      "force-app/main/default/extlClntAppGlobalOauthSets/"
          + "Ampersand_Integration_glbloauth.ecaGlblOauth-meta.xml";
  private static final String POLICIES =
      "force-app/main/default/extlClntAppOauthPolicies/"
          + "Ampersand_Integration_oauthPlcy.ecaOauthPlcy-meta.xml";

  private final FakeSalesforce salesforce = FakeSalesforce.start();
  private final FakeAmpersand ampersand = FakeAmpersand.start(salesforce);
  private final Map<String, String> environment = new HashMap<>();
  @TempDir private Path directory;

  SetUpSalesforceAppTest() {
    environment.put("SALESFORCE_CONTACT_EMAIL", "ops@acme.example");
    environment.put("SALESFORCE_CLIENT_SECRET", SECRET);
    environment.put("AMP_API_KEY", ampersand.apiKey());
    environment.put("AMP_API_URL", ampersand.apiUri().toString());
    environment.put("AMP_PROJECT", ampersand.projectName());
  }

  @AfterEach
  void stop() {
    ampersand.close();
    salesforce.close();
  }

  private String run(int expectedStatus, String... arguments) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    int status =
        SetUpSalesforceApp.run(
            List.of(arguments),
            environment,
            new PrintStream(printed, true, StandardCharsets.UTF_8));
    String text = printed.toString(StandardCharsets.UTF_8);
    assertThat(status).as(text).isEqualTo(expectedStatus);
    assertThat(text).doesNotContain(SECRET, ampersand.apiKey());
    return text;
  }

  private void edit(String path, String from, String to) throws IOException {
    Path file = directory.resolve(path);
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  private void retrieveWithKey() throws IOException {
    edit(OAUTH, "<callbackUrl>", "<consumerKey>3MVG9_key</consumerKey><callbackUrl>");
  }

  @Test
  void run_write_makesAProjectAndSaysHowToDeployIt() {
    assertThat(run(0, "write", directory.toString()))
        .contains("created package.xml")
        .contains("sf project deploy start --manifest force-app/main/default/package.xml")
        .contains("sf project retrieve start")
        .contains("-Dexec.args=\"check " + directory.resolve("retrieved") + "\"");

    assertThat(directory.resolve("sfdx-project.json")).content().contains("\"force-app\"");
    assertThat(directory.resolve(OAUTH)).exists();
  }

  @Test
  void run_writeAgainAndDifferently_needsTheOption() throws IOException {
    run(0, "write", directory.toString());
    environment.put("SALESFORCE_PKCE", "true");

    assertThat(run(2, "write", directory.toString()))
        .contains("isPkceRequired: false -> true")
        .contains("--overwrite changes them");
    assertThat(directory.resolve(OAUTH)).content().contains("<isPkceRequired>false<");
    assertThat(run(0, "write", "--overwrite", directory.toString())).contains("changed");
    assertThat(directory.resolve(OAUTH)).content().contains("<isPkceRequired>true<");
  }

  @Test
  void run_connectedAppAndPackaged_areWrittenAsSuch() throws IOException {
    run(0, "write", "--connected-app", directory.resolve("a").toString());
    run(0, "write", "--packaged", directory.resolve("b").toString());

    assertThat(directory.resolve("a/force-app/main/default/connectedApps")).isDirectory();
    assertThat(directory.resolve("b/force-app/main/default/externalClientApps"))
        .isDirectoryContaining(
            file -> {
              try {
                return Files.readString(file).contains("Packaged");
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
  }

  @Test
  void run_checkWhatWasRetrieved_printsTheConsumerKey() throws IOException {
    run(0, "write", directory.toString());
    retrieveWithKey();

    assertThat(run(0, "check", directory.toString()))
        .startsWith("Nothing wrong was found.")
        .contains("Consumer Key: 3MVG9_key");
  }

  @ParameterizedTest
  @CsvSource({
    "isPkceRequired>false, isPkceRequired>true, WARNING pkce-required",
    "oauth</callbackUrl>, oauth/</callbackUrl>, ERROR callback-not-registered",
    "isConsumerSecretOptional>false, isConsumerSecretOptional>true, Require Secret for Web Server Flow"
  })
  void run_checkAppThatBreaksConnections_endsWithOneAndNamesTheSetting(
      String from, String to, String words) throws IOException {
    run(0, "write", directory.toString());
    edit(OAUTH, from, to);

    assertThat(run(1, "check", directory.toString())).contains(words);
  }

  @Test
  void run_checkAppWhoseRefreshTokensExpire_endsWithOneAndNamesTheSetting() throws IOException {
    run(0, "write", directory.toString());
    edit(POLICIES, ">Infinite<", ">Zero<");

    assertThat(run(1, "check", directory.toString()))
        .contains("ERROR refresh-token-expires")
        .contains("Immediately expire refresh token");
  }

  @Test
  void run_register_takesTheKeyFromTheFilesAndRegisters() throws IOException {
    run(0, "write", directory.toString());
    assertThat(run(1, "register", directory.toString()))
        .contains("Not registered: there is no key.");
    retrieveWithKey();

    assertThat(run(0, "register", directory.toString())).contains("Done: created (provider app ");

    assertThat(ampersand.clientSecret(ampersand.providerAppIds().get(0))).isEqualTo(SECRET);
  }

  @Test
  void run_registerAppThatBreaksConnections_doesNot() throws IOException {
    run(0, "write", directory.toString());
    retrieveWithKey();
    edit(POLICIES, ">Infinite<", ">Zero<");

    assertThat(run(1, "register", directory.toString()))
        .endsWith("Not registered: fix the errors first.\n");

    assertThat(ampersand.providerAppIds()).isEmpty();
  }

  @Test
  void run_nothingThere_cannotRun() {
    assertThat(run(2, "check", directory.toString())).contains("Ampersand_Integration");
    assertThat(run(2, "check", directory.resolve("missing").toString())).contains("missing");
  }

  @ParameterizedTest
  @CsvSource({
    "'', the commands are",
    "write, the commands are",
    "deploy x, the commands are",
    "write x --force, --force"
  })
  void run_wordsThatAreNoCommand_cannotRun(String words, String message) {
    assertThat(run(2, words.split(" "))).contains(message);
  }

  @Test
  void run_emailNotSet_cannotRun() {
    environment.remove("SALESFORCE_CONTACT_EMAIL");

    assertThat(run(2, "write", directory.toString())).contains("SALESFORCE_CONTACT_EMAIL");
  }

  @Test
  void declared_writtenCheckedAndRegistered_isOneApp() throws IOException {
    DeclareSalesforceApp.write(directory);
    Path source = directory.resolve("force-app/main/default");
    assertThat(DeclareSalesforceApp.check(source).isHealthy()).isTrue();
    edit(
        "force-app/main/default/extlClntAppGlobalOauthSets/Acme_Sync_glbloauth.ecaGlblOauth-meta.xml",
        "<callbackUrl>",
        "<consumerKey>3MVG9_key</consumerKey><callbackUrl>");
    AmpersandClient client =
        AmpersandClient.builderFromEnvironment(ampersand.projectName(), environment).build();

    DeclareSalesforceApp.register(
        client, SalesforceAppMetadata.read(source, "Acme_Sync"), "0123456789ABCDEF".repeat(4));

    assertThat(client.providerApps().plan(app()).changes()).isEmpty();
  }

  private static SalesforceApp app() {
    return SalesforceApp.builder("3MVG9_key", "0123456789ABCDEF".repeat(4))
        .settings(DeclareSalesforceApp.SETTINGS)
        .build();
  }
}
