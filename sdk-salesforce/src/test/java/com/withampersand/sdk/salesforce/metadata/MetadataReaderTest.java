package com.withampersand.sdk.salesforce.metadata;

import static com.withampersand.sdk.salesforce.metadata.Samples.app;
import static com.withampersand.sdk.salesforce.metadata.Samples.file;
import static com.withampersand.sdk.salesforce.metadata.Samples.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.withampersand.sdk.InvalidProviderAppException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataReaderTest {
  private static final String HEADER = "externalClientApps/Acme_Sync.eca-meta.xml";
  private static final String GLOBAL =
      "extlClntAppGlobalOauthSets/Acme_Sync_glbloauth.ecaGlblOauth-meta.xml";

  @TempDir private Path directory;

  private void write(String path, String text) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<String> names() {
    return SalesforceAppMetadata.read(directory).stream().map(SalesforceAppMetadata::name).toList();
  }

  private void assertRefused(String... words) {
    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> SalesforceAppMetadata.read(directory))
        .satisfies(e -> assertThat(e).message().contains(words))
        .satisfies(e -> assertThat(e.violations()).hasSize(1));
  }

  private Path zip(Map<String, String> entries) throws IOException {
    Path file = directory.resolve("retrieved.zip");
    try (OutputStream output = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(output)) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return file;
  }

  @Test
  void read_whatWasWritten_saysTheSame() {
    SalesforceAppMetadata written = app().description("Ümläut 🚀 <&>").build();
    written.writeTo(directory);

    SalesforceAppMetadata read = SalesforceAppMetadata.read(directory, "Acme_Sync");

    assertThat(read.elements()).isEqualTo(written.elements());
    assertThat(read.files()).isEqualTo(written.files());
    assertThat(read).hasToString(written.toString());
  }

  @Test
  void read_zipOfTheMetadataApi_hasNamesWithoutTheLongEnding() throws IOException {
    Map<String, String> entries = new java.util.TreeMap<>();
    app()
        .build()
        .files()
        .forEach((path, text) -> entries.put("unpackaged/" + path.replace("-meta.xml", ""), text));

    SalesforceAppMetadata read = SalesforceAppMetadata.read(zip(entries), "Acme_Sync");

    assertThat(entries).containsKey("unpackaged/externalClientApps/Acme_Sync.eca");
    assertThat(read.elements()).isEqualTo(app().build().elements());
    assertThat(read.misnamedFiles()).isEmpty();
    assertThat(read.files()).isEqualTo(app().build().files());
  }

  @Test
  void read_zipWithEntriesOutsideOfIt_readsOnlyAndWritesNothing() throws IOException {
    Path zip = zip(Map.of("../../" + HEADER, file(app().build(), HEADER)));

    assertThat(SalesforceAppMetadata.read(zip)).hasSize(1);
    assertThat(directory.resolve("../..").resolve(HEADER)).doesNotExist();
  }

  @Test
  void read_severalApps_areToldApart() throws IOException {
    app().build().writeTo(directory);
    SalesforceAppMetadata.builder("Other", "ops@acme.example", settings().withPkce().build())
        .build()
        .writeTo(directory.resolve("other"));
    SalesforceAppMetadata.builder("Old", "ops@acme.example", settings().build())
        .asConnectedApp()
        .build()
        .writeTo(directory.resolve("old"));

    assertThat(names()).containsExactly("Acme_Sync", "Old", "Other");
    assertThat(SalesforceAppMetadata.read(directory, "Other").elements())
        .containsEntry("ExtlClntAppGlobalOauthSettings/isPkceRequired", List.of("true"));
    assertThat(SalesforceAppMetadata.read(directory, "Old").isConnectedApp()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SalesforceAppMetadata.read(directory, "Acme"))
        .withMessageContaining("[External Client App Acme_Sync, Connected App Old, External");
  }

  @Test
  void read_projectWithoutAnApp_isEmpty() throws IOException {
    write("classes/Acme.cls-meta.xml", "<ApexClass/>");
    write(".sfdx/" + HEADER, file(app().build(), HEADER));
    write("node_modules/x/" + HEADER, file(app().build(), HEADER));

    assertThat(names()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SalesforceAppMetadata.read(directory, "Acme_Sync"));
  }

  @Test
  void read_linkOutOfTheDirectory_isNotFollowed() throws IOException {
    app().build().writeTo(directory.resolve("elsewhere"));
    Path project = Files.createDirectory(directory.resolve("project"));
    Files.createSymbolicLink(project.resolve("link"), directory.resolve("elsewhere"));
    Files.createSymbolicLink(
        project.resolve("Acme_Sync.eca-meta.xml"), directory.resolve("elsewhere").resolve(HEADER));

    assertThat(SalesforceAppMetadata.read(project)).isEmpty();
  }

  @Test
  void read_oneFile_isItsApp() {
    app().build().writeTo(directory);

    assertThat(SalesforceAppMetadata.read(directory.resolve(GLOBAL)))
        .singleElement()
        .returns("Acme_Sync", SalesforceAppMetadata::name);
  }

  @Test
  void read_nothingThere_saysSo() {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> SalesforceAppMetadata.read(directory.resolve("missing")))
        .withCauseInstanceOf(NoSuchFileException.class)
        .withMessageContaining("missing");
  }

  @Test
  void read_unknownElements_areKeptAndShown() throws IOException {
    app().build().writeTo(directory);
    write(
        GLOBAL,
        file(app().build(), GLOBAL)
            .replace("<label>", "<newIn70><inner>1</inner></newIn70><newIn71>2</newIn71><label>"));

    SalesforceAppMetadata read = SalesforceAppMetadata.read(directory, "Acme_Sync");

    assertThat(read.elements())
        .containsEntry("ExtlClntAppGlobalOauthSettings/newIn70/inner", List.of("1"))
        .containsEntry("ExtlClntAppGlobalOauthSettings/newIn71", List.of("2"));
    assertThat(read.files().get(GLOBAL)).contains("        <inner>1</inner>");
    assertThat(read.toString()).contains("newIn71 [2]");
  }

  @Test
  void read_consumerSecret_isNeverHeld() throws IOException {
    String secret = "0123456789ABCDEF".repeat(4);
    write(
        GLOBAL,
        "<ExtlClntAppGlobalOauthSettings><consumerSecret>"
            + secret
            + "</consumerSecret></ExtlClntAppGlobalOauthSettings>");

    SalesforceAppMetadata read = SalesforceAppMetadata.read(directory, "Acme_Sync");

    assertThat(read.toString()).contains("consumerSecret [***]").doesNotContain(secret);
    assertThat(read.files().toString()).doesNotContain(secret).doesNotContain("consumerSecret");
  }

  @Test
  void read_consumerSecretWithElementsInIt_isNotHeldEither() throws IOException {
    write(
        GLOBAL,
        "<ExtlClntAppGlobalOauthSettings><consumerSecret>a<x>CANARY</x></consumerSecret>"
            + "</ExtlClntAppGlobalOauthSettings>");

    SalesforceAppMetadata read = SalesforceAppMetadata.read(directory, "Acme_Sync");

    assertThat(read.toString()).contains("consumerSecret [***]").doesNotContain("CANARY");
    assertThat(read.elements().toString()).doesNotContain("CANARY");
  }

  @Test
  void read_zipWithANameThatIsNoFiles_isNotAnApps() throws IOException {
    Path zip = directory.resolve("app.zip");
    try (ZipOutputStream output = new ZipOutputStream(Files.newOutputStream(zip))) {
      output.putNextEntry(new ZipEntry("apps/Ac\u0000me.eca"));
      output.write("<ExternalClientApplication/>".getBytes(StandardCharsets.UTF_8));
      output.closeEntry();
    }

    assertThat(SalesforceAppMetadata.read(zip)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE x [<!ENTITY a \"b\">]><ExternalClientApplication>&a;</ExternalClientApplication>",
        "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><ExternalClientApplication><label>&a;</label></ExternalClientApplication>",
        "<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/x.dtd\"><ExternalClientApplication/>",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]><ExternalClientApplication/>",
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><ExternalClientApplication>&c;</ExternalClientApplication>"
      })
  void read_documentType_isRefusedWhateverItDeclares(String text) throws IOException {
    write(HEADER, text);

    assertRefused(HEADER, "DOCTYPE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "not XML, but sk_live_secret",
        "<ExternalClientApplication>",
        "<ExternalClientApplication><label>Acme</label>",
        "<ExternalClientApplication><label>sk_live_secret</lab></ExternalClientApplication>",
        "<ExternalClientApplication>&sk_live_secret;</ExternalClientApplication>",
        "<ExternalClientApplication/><ExternalClientApplication/>",
        "<ExternalClientApplication a=1/>",
        "<?xml version=\"1.0\" encoding=\"sk_live_secret\"?><ExternalClientApplication/>",
        "\u0000\u0001"
      })
  void read_textThatIsNotXml_isNamedAndNotQuoted(String text) throws IOException {
    write(HEADER, text);

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> SalesforceAppMetadata.read(directory))
        .withMessageContaining(HEADER)
        .withMessageNotContaining("sk_live_secret");
  }

  /** What is refused would be lost when the file is written again. */
  @ParameterizedTest
  @CsvSource({
    "<label xsi:nil='true' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'/>, attribute",
    "<label xml:lang='en'>a</label>, attribute",
    "<label other='a&#9;b'/>, attribute",
    "<n:label xmlns:n='urn:other'>a</n:label>, namespace",
    "<label xmlns='urn:other'>a</label>, namespace",
    "<group>a<label>b</label></group>, beside",
    "<group><label>b</label>a</group>, beside",
    "<group><label>b</label><![CDATA[a]]></group>, beside",
    "a<label>b</label>, beside",
    "a, beside"
  })
  void read_fileWithMoreThanElementsAndTheirTexts_isRefused(String content, String problem)
      throws IOException {
    write(HEADER, "<ExternalClientApplication>" + content + "</ExternalClientApplication>");

    assertRefused(HEADER, problem);
  }

  @Test
  void read_attributeOfTheRoot_isRefused() throws IOException {
    write(HEADER, "<ExternalClientApplication fqn='a'/>");

    assertRefused(HEADER, "attribute");
  }

  @Test
  void read_laterVersionOfXml_isRefused() throws IOException {
    write(
        HEADER,
        "<?xml version='1.1'?><ExternalClientApplication><label>a&#1;b</label></ExternalClientApplication>");

    assertRefused(HEADER, "XML 1.0");
  }

  @Test
  void read_declarationsOfNamespaces_areNoAttributes() throws IOException {
    write(
        HEADER,
        "<m:ExternalClientApplication xmlns:m='http://soap.sforce.com/2006/04/metadata' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>\n"
            + "<m:label>Acme</m:label></m:ExternalClientApplication>");

    assertThat(SalesforceAppMetadata.read(directory, "Acme_Sync").elements())
        .containsEntry("ExternalClientApplication/label", List.of("Acme"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"&#13;", "&#xD;&#xA;", "&#10;", "&#9;", "&#x85;", "&#x2028;", "]]&gt;"})
  void files_textThatXmlWouldChange_isReadAsItWas(String reference) throws IOException {
    write(
        HEADER,
        "<ExternalClientApplication><label>a"
            + reference
            + "b</label></ExternalClientApplication>");
    SalesforceAppMetadata read = SalesforceAppMetadata.read(directory, "Acme_Sync");
    write(HEADER, file(read, HEADER));

    SalesforceAppMetadata again = SalesforceAppMetadata.read(directory, "Acme_Sync");

    assertThat(again.elements()).isEqualTo(read.elements());
    assertThat(again.files()).isEqualTo(read.files());
  }

  @Test
  void read_deeperOrLargerThanAnyMetadata_isRefused() throws IOException {
    write(HEADER, "<a>".repeat(200_000));
    assertRefused(HEADER);

    write(
        HEADER,
        "<ExternalClientApplication>" + "<a/>".repeat(120_000) + "</ExternalClientApplication>");
    assertRefused(HEADER, "more elements");

    write(
        HEADER,
        "<ExternalClientApplication>" + " ".repeat(1 << 20) + "</ExternalClientApplication>");
    assertRefused(HEADER, "1 MiB");
  }

  @Test
  void read_zipThatGrows_isReadNoFurtherThanAFileMayBe() throws IOException {
    Path zip = zip(Map.of(HEADER, " ".repeat(50 << 20)));
    assertThat(zip).isRegularFile();
    assertThat(Files.size(zip)).isLessThan(100_000);

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> SalesforceAppMetadata.read(zip))
        .withMessageContaining("1 MiB");
  }

  @Test
  void read_fileThatIsNoZip_isRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("retrieved.zip"), "PK?");

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> SalesforceAppMetadata.read(file))
        .withMessageContaining("neither a directory, nor a zip");
  }

  @Test
  void read_twoFilesOfOneKind_namesBoth() throws IOException {
    app().build().writeTo(directory.resolve("one"));
    app().build().writeTo(directory.resolve("two"));

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> SalesforceAppMetadata.read(directory))
        .withMessageContaining("one/" + HEADER)
        .withMessageContaining("two/" + HEADER)
        .satisfies(e -> assertThat(e.violations()).hasSize(4));
  }

  @Test
  void read_rootElementOfNoType_isRefused() throws IOException {
    write(HEADER, "<ExternalClientApp/>");

    assertRefused(HEADER, "root element ExternalClientApp.");
  }

  @Test
  void read_otherTypesOfExternalClientApps_areIgnored() throws IOException {
    app().build().writeTo(directory);
    write("extlClntAppMobileSettings/Acme.ecaMobile-meta.xml", "<ExtlClntAppMobileSettings/>");

    assertThat(names()).containsExactly("Acme_Sync");
  }

  @Test
  void read_fileWithAnotherEnding_isReadAndNamed() throws IOException {
    write(
        "extlClntAppGlobalOauthSets/Acme.ecaGlobalOauth-meta.xml",
        "<ExtlClntAppGlobalOauthSettings><externalClientApplication>Acme</externalClientApplication></ExtlClntAppGlobalOauthSettings>");

    assertThat(SalesforceAppMetadata.read(directory, "Acme").misnamedFiles())
        .containsExactly("extlClntAppGlobalOauthSets/Acme.ecaGlobalOauth-meta.xml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16", "ISO-8859-1"})
  void read_anyEncodingThatTheFileNames_isRead(String encoding) throws IOException {
    Path file = directory.resolve("Acme_Sync.eca-meta.xml");
    String text =
        "<?xml version=\"1.0\" encoding=\""
            + encoding
            + "\"?>\r\n<ExternalClientApplication><label><![CDATA[Ümläut <&>]]></label></ExternalClientApplication>";
    Files.write(file, text.getBytes(Charset.forName(encoding)));

    assertThat(SalesforceAppMetadata.read(file).get(0).elements())
        .containsEntry("ExternalClientApplication/label", List.of("Ümläut <&>"));
  }

  @Test
  void read_manyOtherFiles_areNoHindrance() throws IOException {
    app().build().writeTo(directory);
    Path classes = Files.createDirectory(directory.resolve("classes"));
    for (int i = 0; i < 2000; i++) {
      Files.createFile(classes.resolve("C" + i + ".cls"));
    }

    assertThat(names()).containsExactly("Acme_Sync");
  }

  @Test
  void read_moreAppsThanAProject_isRefused() throws IOException {
    for (int i = 0; i <= 1000; i++) {
      write("A" + i + ".eca-meta.xml", "<ExternalClientApplication/>");
    }

    assertRefused("more than 1,000 files");
  }

  @Test
  void read_zipThatIsLargeTogether_isRefused() throws IOException {
    Map<String, String> entries = new java.util.TreeMap<>();
    for (int i = 0; i < 30; i++) {
      entries.put("A" + i + ".eca", "<a>" + " ".repeat(1_000_000) + "</a>");
    }
    Path zip = zip(entries);

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> SalesforceAppMetadata.read(zip))
        .withMessageContaining("larger than 16 MiB together");
  }

  /** Of a file that is too large, 1 MiB and a byte are read. They count, too. */
  @ParameterizedTest
  @CsvSource({
    "15, 15, it is larger than 1 MiB",
    "16, 1, The files of apps are larger than 16 MiB together",
    "40, 1, The files of apps are larger than 16 MiB together"
  })
  void read_zipOfFilesThatAreTooLarge_isReadNoFurtherThan16MiB(
      int files, int violations, String message) throws IOException {
    Map<String, String> entries = new java.util.TreeMap<>();
    for (int i = 0; i < files; i++) {
      entries.put("A" + i + ".eca", " ".repeat(2 << 20));
    }
    Path zip = zip(entries);

    assertThatExceptionOfType(InvalidProviderAppException.class)
        .isThrownBy(() -> SalesforceAppMetadata.read(zip))
        .satisfies(e -> assertThat(e.violations()).hasSize(violations))
        .withMessageContaining(message);
  }

  @Test
  void read_whatToolsAndMacsPutBeside_isIgnored() throws IOException {
    app().build().writeTo(directory);
    write("externalClientApps/._Acme_Sync.eca-meta.xml", "\u0000Mac");
    String header = file(app().build(), HEADER);
    Path zip =
        zip(
            Map.of(
                HEADER,
                header,
                "__MACOSX/externalClientApps/._Acme_Sync.eca-meta.xml",
                "Mac",
                ".sf/" + HEADER,
                header,
                "node_modules/x/" + HEADER,
                header));

    assertThat(names()).containsExactly("Acme_Sync");
    assertThat(SalesforceAppMetadata.read(zip)).hasSize(1);
  }

  @Test
  void read_appOfEachKindWithOneName_areTwo() throws IOException {
    app().build().writeTo(directory);
    app().asConnectedApp().build().overwrite(directory);

    assertThat(SalesforceAppMetadata.read(directory))
        .extracting(SalesforceAppMetadata::isConnectedApp)
        .containsExactly(false, true);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SalesforceAppMetadata.read(directory, "Acme_Sync"))
        .withMessageContaining("more than one")
        .withMessageContaining("Connected App Acme_Sync");
  }

  @Test
  void read_nameThatDiffersByCase_isTheApp() throws IOException {
    app().build().writeTo(directory);
    write(
        GLOBAL,
        file(app().build(), GLOBAL).replace("Application>Acme_Sync", "Application>acme_sync"));

    assertThat(SalesforceAppMetadata.read(directory, "ACME_SYNC").elements())
        .containsKeys("ExternalClientApplication", "ExtlClntAppGlobalOauthSettings");
  }

  @Test
  void read_appOfAPackage_isFoundWithoutItsNamespace() throws IOException {
    write("externalClientApps/acme__Sync.eca-meta.xml", "<ExternalClientApplication/>");

    assertThat(SalesforceAppMetadata.read(directory, "Sync").name()).isEqualTo("acme__Sync");
    assertThat(SalesforceAppMetadata.read(directory, "acme__Sync").name()).isEqualTo("acme__Sync");
  }

  @Test
  void read_secretInAnotherElement_isNotShown() throws IOException {
    String secret = "0123456789ABCDEF".repeat(4);
    write(
        GLOBAL,
        "<ExtlClntAppGlobalOauthSettings><consumerKey>"
            + secret
            + "</consumerKey><ConsumerSecret>short</ConsumerSecret></ExtlClntAppGlobalOauthSettings>");

    SalesforceAppMetadata read = SalesforceAppMetadata.read(directory, "Acme_Sync");

    assertThat(read.toString()).doesNotContain(secret).doesNotContain("short");
    assertThat(read.consumerKey()).isEmpty();
  }
}
