package com.withampersand.sdk.salesforce.metadata;

import static com.withampersand.sdk.salesforce.metadata.Samples.app;
import static com.withampersand.sdk.salesforce.metadata.Samples.certificate;
import static com.withampersand.sdk.salesforce.metadata.Samples.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.salesforce.metadata.MetadataChanges.FileChange;
import com.withampersand.sdk.salesforce.metadata.MetadataChanges.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataFolderTest {
  private static final String GLOBAL =
      "extlClntAppGlobalOauthSets/Acme_Sync_glbloauth.ecaGlblOauth-meta.xml";
  private static final String POLICIES =
      "extlClntAppOauthPolicies/Acme_Sync_oauthPlcy.ecaOauthPlcy-meta.xml";

  @TempDir private Path directory;

  private Map<String, String> texts() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.put(directory.relativize(file).toString(), Files.readString(file));
      }
    }
    return texts;
  }

  private void edit(String path, String from, String to) throws IOException {
    Path file = directory.resolve(path);
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  private static List<FileChange> changed(MetadataChanges changes) {
    return changes.files().stream().filter(file -> file.kind() == Kind.CHANGED).toList();
  }

  @Test
  void writeTo_emptyDirectory_writesWhatFilesSays() throws IOException {
    MetadataChanges changes = app().build().writeTo(directory);

    assertThat(texts()).isEqualTo(app().build().files());
    assertThat(changes.files()).hasSize(5).allMatch(file -> file.kind() == Kind.CREATED);
  }

  @Test
  void writeTo_directoryThatIsMissing_isCreated() {
    Path missing = directory.resolve("force-app/main/default");

    app().build().writeTo(missing);

    assertThat(missing.resolve("package.xml")).exists();
  }

  @Test
  void writeTo_again_changesNothing() throws IOException {
    app().build().writeTo(directory);
    edit(GLOBAL, "    <isPkceRequired>", "<!-- by hand -->\r\n<isPkceRequired>");
    Map<String, String> before = texts();

    MetadataChanges changes = app().build().writeTo(directory);

    assertThat(changes.isUpToDate()).isTrue();
    assertThat(changes.overwrites()).isFalse();
    assertThat(texts()).isEqualTo(before);
  }

  @Test
  void writeTo_fileThatSaysSomethingElse_writesNothingAndSaysWhat() throws IOException {
    app().build().writeTo(directory);
    Files.delete(directory.resolve("package.xml"));
    edit(GLOBAL, "<isPkceRequired>false", "<isPkceRequired>true");
    Map<String, String> before = texts();

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> app().build().writeTo(directory))
        .withMessageContaining("changed " + GLOBAL + " (isPkceRequired: true -> false)")
        .withMessageContaining("created package.xml");
    assertThat(texts()).isEqualTo(before);
  }

  @Test
  void writeTo_fileWithATokenInIt_doesNotShowIt() throws IOException {
    app().build().writeTo(directory);
    edit(GLOBAL, "<isPkceRequired>false", "<isPkceRequired>5Aep861TSESvWeug_xvFHRBTTbf");

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> app().build().writeTo(directory))
        .withMessageContaining("changed " + GLOBAL + " (isPkceRequired: *** -> false)");
  }

  @Test
  void plan_saysWhatOverwriteDoes_andWritesNothing() throws IOException {
    app().build().writeTo(directory);
    Map<String, String> before = texts();
    SalesforceAppMetadata next = app(settings().withPkce().build()).label("Acme").build();

    MetadataChanges plan = next.plan(directory);

    assertThat(texts()).isEqualTo(before);
    assertThat(plan.overwrites()).isTrue();
    assertThat(changed(plan))
        .extracting(FileChange::differences)
        .containsExactly(
            List.of("label: Acme Sync -> Acme"), List.of("isPkceRequired: false -> true"));
    assertThat(next.overwrite(directory)).isEqualTo(plan);
    assertThat(texts()).isEqualTo(next.files());
  }

  @Test
  void overwrite_elementsOfOthers_stay() throws IOException {
    app().build().writeTo(directory);
    edit(
        GLOBAL,
        "</ExtlClntAppGlobalOauthSettings>",
        "<idTokenConfig><idTokenValidityInMinutes>5</idTokenValidityInMinutes></idTokenConfig>"
            + "<consumerKey>3MVG9key</consumerKey></ExtlClntAppGlobalOauthSettings>");

    app(settings().withPkce().build()).build().overwrite(directory);

    assertThat(texts().get(GLOBAL))
        .contains("<isPkceRequired>true<")
        .contains("        <idTokenValidityInMinutes>5<")
        .contains("<consumerKey>3MVG9key<");
  }

  @Test
  void overwrite_elementOfOthersWithACarriageReturn_staysAsItWas() throws IOException {
    app().build().writeTo(directory);
    edit(GLOBAL, "<label>", "<zNew>a&#13;&#10;b</zNew><label>");

    app(settings().withPkce().build()).build().overwrite(directory);

    assertThat(texts().get(GLOBAL)).contains("<isPkceRequired>true<", "<zNew>a&#13;\nb</zNew>");
  }

  @Test
  void overwrite_elementOfOthersWithAnAttribute_isRefusedAndStays() throws IOException {
    app().build().writeTo(directory);
    edit(
        GLOBAL,
        "<label>",
        "<zNew xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:nil='true'/><label>");
    Map<String, String> before = texts();

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> app(settings().withPkce().build()).build().overwrite(directory))
        .withMessageContaining(GLOBAL)
        .withMessageContaining("attribute");
    assertThat(texts()).isEqualTo(before);
  }

  @Test
  void overwrite_whatTheAppNoLongerHas_goes() throws IOException {
    app()
        .certificate(certificate("rsa-2048"))
        .preauthorized("Sync")
        .refreshTokensExpireUnused(Duration.ofDays(30))
        .build()
        .writeTo(directory);

    MetadataChanges changes = app().build().overwrite(directory);

    assertThat(texts()).isEqualTo(app().build().files());
    assertThat(changed(changes)).extracting(FileChange::path).containsExactly(GLOBAL, POLICIES);
    assertThat(changed(changes).get(1).differences())
        .containsExactly(
            "commaSeparatedPermissionSet: Sync -> none",
            "permittedUsersPolicyType: AdminApprovedPreAuthorized -> AllSelfAuthorized",
            "refreshTokenPolicyType: SpecificInactivity -> Infinite",
            "refreshTokenValidityPeriod: 30 -> none",
            "refreshTokenValidityUnit: Days -> none");
  }

  @Test
  void overwrite_connectedApp_mergesInsideGroups() throws IOException {
    app().asConnectedApp().certificate(certificate("rsa-2048")).build().writeTo(directory);
    String path = "connectedApps/Acme_Sync.connectedApp-meta.xml";
    edit(
        path, "<oauthConfig>", "<oauthConfig><singleLogoutUrl>https://x.example</singleLogoutUrl>");
    edit(path, "<oauthPolicy>", "<startUrl>https://acme.example</startUrl><oauthPolicy>");

    app().asConnectedApp().build().overwrite(directory);

    assertThat(texts().get(path))
        .contains("        <singleLogoutUrl>https://x.example<")
        .contains("    <startUrl>https://acme.example<")
        .doesNotContain("<certificate>");
  }

  @Test
  void overwrite_retrievedSecret_isRemovedAndNeverShown() throws IOException {
    app().build().writeTo(directory);
    String secret = "0123456789ABCDEF".repeat(4);
    edit(
        GLOBAL,
        "<callbackUrl>",
        "<consumerSecret>" + secret + "</consumerSecret>\n    <callbackUrl>");

    MetadataChanges plan = app().build().plan(directory);

    assertThat(plan.toString()).contains("consumerSecret: *** -> none").doesNotContain(secret);
    app().build().overwrite(directory);
    assertThat(texts().get(GLOBAL)).doesNotContain("consumerSecret").doesNotContain(secret);
  }

  @Test
  void writeTo_componentUnderAnotherName_keepsTheName() throws IOException {
    app().build().writeTo(directory);
    Path renamed =
        directory.resolve("extlClntAppOauthPolicies/Acme_defaultPolicy.ecaOauthPlcy-meta.xml");
    Files.move(directory.resolve(POLICIES), renamed);
    Files.delete(directory.resolve("package.xml"));

    app().enforceIpRanges().build().overwrite(directory);

    assertThat(directory.resolve(POLICIES)).doesNotExist();
    assertThat(Files.readString(renamed)).contains("<ipRelaxationPolicyType>Enforce<");
    assertThat(texts().get("package.xml")).contains("<members>Acme_defaultPolicy</members>");
  }

  @Test
  void writeTo_beside_anotherApp_leavesItAlone() throws IOException {
    SalesforceAppMetadata other =
        SalesforceAppMetadata.builder("Other", "ops@acme.example", settings().build()).build();
    other.writeTo(directory);
    Files.delete(directory.resolve("package.xml"));

    app().build().writeTo(directory);

    assertThat(SalesforceAppMetadata.read(directory))
        .extracting(SalesforceAppMetadata::name)
        .containsExactly("Acme_Sync", "Other");
    assertThat(texts()).containsAllEntriesOf(withoutManifest(other));
  }

  private static Map<String, String> withoutManifest(SalesforceAppMetadata app) {
    Map<String, String> files = new TreeMap<>(app.files());
    files.remove("package.xml");
    return files;
  }

  @Test
  void overwrite_manifestOfOthers_namesTheirsAndOurs() throws IOException {
    Files.writeString(
        directory.resolve("package.xml"),
        "<Package><types><members>*</members><name>ApexClass</name></types><types><members>Old</members><name>ExternalClientApplication</name></types><version>66.0</version></Package>");

    app().build().overwrite(directory);

    assertThat(texts().get("package.xml"))
        .contains("<members>*</members>\n        <name>ApexClass</name>")
        .contains("<members>Acme_Sync</members>\n        <members>Old</members>")
        .contains("<version>66.0</version>");
  }

  @Test
  void overwrite_secondAppInOneDirectory_keepsTheFirstInTheManifest() throws IOException {
    app().build().writeTo(directory);
    SalesforceAppMetadata other =
        SalesforceAppMetadata.builder("Other", "ops@acme.example", settings().build()).build();

    other.overwrite(directory);

    assertThat(texts().get("package.xml")).contains(">Acme_Sync<").contains(">Other<");
    assertThat(other.plan(directory).isUpToDate()).isTrue();
    assertThat(app().build().plan(directory).isUpToDate()).isTrue();
  }

  @Test
  void writeTo_linkToADirectory_seesWhatIsThere() throws IOException {
    Path project = Files.createDirectory(directory.resolve("project"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), project);
    app().label("Of the user").build().writeTo(project);

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> app().build().writeTo(link))
        .withMessageContaining("label: Of the user -> Acme Sync");
    assertThat(SalesforceAppMetadata.read(link)).hasSize(1);
  }

  @Test
  void writeTo_linkToAFile_isNotReplacedUnasked() throws IOException {
    String header = "externalClientApps/Acme_Sync.eca-meta.xml";
    app().label("Of the user").build().writeTo(directory);
    Path elsewhere = directory.resolve("elsewhere.xml");
    Files.move(directory.resolve(header), elsewhere);
    Files.createSymbolicLink(directory.resolve(header), elsewhere);

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> app().build().writeTo(directory))
        .withMessageContaining("label: Of the user -> Acme Sync");
    app().build().overwrite(directory);
    assertThat(directory.resolve(header)).isSymbolicLink();
    assertThat(Files.readString(elsewhere)).contains("<label>Acme Sync<");
  }

  @Test
  void writeTo_fileOfAnotherAppUnderOurName_isNotOverwrittenUnasked() throws IOException {
    app().build().writeTo(directory);
    edit(POLICIES, "<externalClientApplication>Acme_Sync", "<externalClientApplication>Other");

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> app().build().writeTo(directory))
        .withMessageContaining("externalClientApplication: Other -> Acme_Sync");
  }

  @Test
  void writeTo_fileUnderANameThatToolsDoNotFind_isNamed() throws IOException {
    app().build().writeTo(directory);
    Files.move(
        directory.resolve(GLOBAL),
        directory.resolve("extlClntAppGlobalOauthSets/Acme_Sync.ecaGlobalOauth-meta.xml"));

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> app().build().writeTo(directory))
        .withMessageContaining(
            "Rename it to " + "extlClntAppGlobalOauthSets/Acme_Sync.ecaGlblOauth");
  }

  @Test
  void overwrite_permissions_stayAndNewFilesHaveTheUsualOnes() throws IOException {
    Path usual = Files.writeString(directory.resolve("usual.txt"), "x");
    app().build().writeTo(directory);
    assertThat(Files.getPosixFilePermissions(directory.resolve(GLOBAL)))
        .isEqualTo(Files.getPosixFilePermissions(usual));
    Files.setPosixFilePermissions(
        directory.resolve(GLOBAL), PosixFilePermissions.fromString("rw-rw----"));

    app(settings().withPkce().build()).build().overwrite(directory);

    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(GLOBAL))))
        .isEqualTo("rw-rw----");
  }

  @Test
  void writeTo_manifestThatCannotBeRead_isNamedAndLeft() throws IOException {
    Files.writeString(directory.resolve("package.xml"), "x".repeat(2 << 20));

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> app().build().overwrite(directory))
        .withMessageContaining("package.xml")
        .withMessageContaining("1 MiB");
    assertThat(texts()).containsOnlyKeys("package.xml");
  }

  @Test
  void writeTo_manifestOfOthers_isNotOverwrittenUnasked() throws IOException {
    String manifest =
        "<Package><types><members>*</members><name>ApexClass</name></types><version>60.0</version></Package>";
    Files.writeString(directory.resolve("package.xml"), manifest);

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> app().build().writeTo(directory))
        .withMessageContaining("package.xml");
    assertThat(texts()).containsOnlyKeys("package.xml").containsValue(manifest);
  }

  @Test
  void writeTo_fileThatIsCutOff_isNamedAndLeft() throws IOException {
    app().build().writeTo(directory);
    String text = Files.readString(directory.resolve(GLOBAL));
    Files.writeString(directory.resolve(GLOBAL), text.substring(0, 300));

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> app().build().overwrite(directory))
        .withMessageContaining(GLOBAL);
  }

  @Test
  void writeTo_fileInPlaceOfADirectory_saysSo() throws IOException {
    Path file = Files.writeString(directory.resolve("notes.txt"), "x");

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> app().build().writeTo(file))
        .withMessageContaining("notes.txt");
    assertThat(file).hasContent("x");
  }

  @Test
  void writeTo_whatWasRead_keepsAllButKeyAndSecret() throws IOException {
    app().build().writeTo(directory);
    edit(GLOBAL, "<callbackUrl>", "<consumerSecret>secret</consumerSecret><x>y</x><callbackUrl>");
    Path copy = directory.resolve("copy");

    edit(GLOBAL, "<callbackUrl>", "<consumerKey>3MVG9key</consumerKey><callbackUrl>");
    SalesforceAppMetadata.read(directory, "Acme_Sync").writeTo(copy);

    assertThat(SalesforceAppMetadata.read(copy, "Acme_Sync").elements())
        .containsEntry("ExtlClntAppGlobalOauthSettings/x", List.of("y"))
        .doesNotContainKey("ExtlClntAppGlobalOauthSettings/consumerSecret")
        .doesNotContainKey("ExtlClntAppGlobalOauthSettings/consumerKey");
  }
}
