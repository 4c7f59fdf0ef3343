package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.TokenStoreException;
import com.withampersand.sdk.oauth.TokenSet;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FileTokenStoreTest implements TokenStoreContract {
  private static final Secret KEY = TokenCipher.newKey();
  private static final Secret OLD_KEY = TokenCipher.newKey();
  private static final TokenCipher CIPHER = TokenCipher.builder("k1", KEY).build();
  private static final TokenCipher OLD_CIPHER = TokenCipher.builder("old", OLD_KEY).build();

  @TempDir private Path temporary;

  private Path directory() {
    return temporary.resolve("grants");
  }

  @Override
  public TokenStore newStore(Duration longestWait) {
    return FileTokenStore.open(directory(), CIPHER, longestWait);
  }

  @Override
  public TokenStore anotherOverTheSame(TokenStore store, Duration longestWait) {
    return FileTokenStore.open(directory(), CIPHER, longestWait);
  }

  private FileTokenStore open() {
    return FileTokenStore.open(directory(), CIPHER);
  }

  private static TokenSet tokens(String accessToken) {
    return TokenSet.builder(Secret.of(accessToken), Instant.parse("2026-11-24T12:00:00Z")).build();
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private Path onlyFile() throws IOException {
    assertThat(files(".grant")).hasSize(1);
    return files(".grant").get(0);
  }

  /** Changes the text of the only file. */
  private void alter(UnaryOperator<String> change) throws IOException {
    Files.writeString(onlyFile(), change.apply(Files.readString(onlyFile())));
  }

  @Test
  void open_directoryThatIsMissing_isCreatedWithThoseAbove() {
    Path deep = temporary.resolve("a/b/c");

    FileTokenStore.open(deep, CIPHER).save(ADA, tokens("ada"));

    assertThat(FileTokenStore.open(deep, CIPHER).find(ADA)).contains(tokens("ada"));
  }

  @Test
  void open_whereAFileIs_isRefusedWithItsName() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> FileTokenStore.open(file, CIPHER))
        .withMessageContaining(file.toString())
        .withCauseInstanceOf(IOException.class);
  }

  @Test
  void open_inAnArchive_isRefused() throws IOException {
    URI archive = URI.create("jar:" + temporary.resolve("a.zip").toUri());

    try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> FileTokenStore.open(zip.getPath("grants"), CIPHER))
          .withMessageContaining("grants");
    }
  }

  @Test
  void open_negativeWait_isRefusedAndNothingIsCreated() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FileTokenStore.open(directory(), CIPHER, Duration.ofMillis(-1)));
    assertThat(directory()).doesNotExist();
  }

  @Test
  void open_throughASymbolicLink_sharesTheLocks() throws Exception {
    FileTokenStore store = open();
    Path link = Files.createSymbolicLink(temporary.resolve("link"), directory());
    FileTokenStore other = FileTokenStore.open(link, CIPHER, HASTY);
    store.save(ADA, tokens("old"));

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("new"))) {
      assertThatExceptionOfType(TokenStoreException.class).isThrownBy(() -> other.delete(ADA));
      held.letGo();
    }

    assertThat(other.find(ADA)).contains(tokens("new"));
  }

  @Test
  void save_onPosix_createsEverythingForTheOwnerAlone() throws IOException {
    assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");

    open().save(ADA, tokens("ada"));
    open().save(ADA, tokens("ada 2"));

    assertThat(permissions(directory())).isEqualTo("rwx------");
    assertThat(permissions(directory().resolve("lock"))).isEqualTo("rw-------");
    assertThat(permissions(onlyFile())).isEqualTo("rw-------");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void save_directoryThatIsThere_keepsItsRights() throws IOException {
    assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
    Files.createDirectory(directory());
    Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-x---"));

    open().save(ADA, tokens("ada"));

    assertThat(permissions(directory())).isEqualTo("rwxr-x---");
    assertThat(permissions(onlyFile())).isEqualTo("rw-------");
  }

  static Stream<String> awkwardNames() {
    return Stream.of(
        "../../etc/passwd",
        "/",
        "NUL",
        "con.txt",
        "a:b*c?d<e>|\"\\",
        ".",
        "trailing dot.",
        " trailing space ",
        "\u6771\u4eac \ud83d\ude80",
        "e\u0301",
        "\u00e9",
        "a\u2028b",
        "x".repeat(5000));
  }

  @ParameterizedTest
  @MethodSource("awkwardNames")
  void save_nameThatNoFileCouldHave_isFoundAndListed(String name) throws IOException {
    ConnectionKey key = new ConnectionKey("salesforce", name, "ada");

    open().save(key, tokens("token"));

    assertThat(open().find(key)).contains(tokens("token"));
    assertThat(open().keys(null, 10)).containsExactly(key);
    assertThat(onlyFile().getFileName().toString()).matches("[0-9a-f]{64}\\.grant");
  }

  @Test
  void save_anyGrant_leavesNoSecretOnTheDisk() throws IOException {
    open().save(ADA, tokens("CanaryAccess"));

    assertThat(onlyFile()).content().doesNotContain("Canary", "access_token");
  }

  @Test
  void update_changeThatChangesNothing_writesNothing() throws IOException {
    FileTokenStore store = open();
    store.save(ADA, tokens("same"));
    String before = Files.readString(onlyFile());

    Optional<TokenSet> stored = store.update(ADA, tokens -> tokens);

    assertThat(stored).contains(tokens("same"));
    assertThat(onlyFile()).content().isEqualTo(before);
  }

  @Test
  void delete_grant_leavesTheLockFileAlone() throws IOException {
    FileTokenStore store = open();
    store.save(ADA, tokens("ada"));
    Object before = Files.getAttribute(directory().resolve("lock"), "unix:ino");

    store.delete(ADA);
    store.save(ADA, tokens("again"));
    store.delete(ADA);
    open();

    assertThat(Files.getAttribute(directory().resolve("lock"), "unix:ino")).isEqualTo(before);
    assertThat(files("")).containsExactly(directory().resolve("lock"));
  }

  static Stream<UnaryOperator<String>> corruptions() {
    return Stream.of(
        text -> "",
        text -> text.substring(0, text.length() / 4),
        text -> text.substring(0, text.length() - 1),
        text -> text + "\n",
        text -> text + "x",
        text -> "x" + text,
        text -> text.replace("\nada\n", "\nbob\n"),
        text -> text.replace("\nada\n", "\n \n"),
        text -> text.replace("ampersand grant 1", "ampersand grant 2"),
        text -> text.replace("\nv1.k1.", "\nv1.k1.x"),
        text -> text.replace("\nv1.k1.", "\nv1.k9."));
  }

  @ParameterizedTest
  @MethodSource("corruptions")
  void anything_onACorruptFile_failsByNameAndLeavesItAsItIs(UnaryOperator<String> corruption)
      throws IOException {
    FileTokenStore store = open();
    store.save(ADA, tokens("ada"));
    alter(corruption);
    String corrupt = Files.readString(onlyFile());
    AtomicBoolean ran = new AtomicBoolean();

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.find(ADA))
        .withMessageContaining(onlyFile().toString())
        .withMessageContaining("consumerRef=ada")
        .returns(false, TokenStoreException::isRetryable);
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(
            () ->
                store.update(
                    ADA,
                    tokens -> {
                      ran.set(true);
                      return tokens("new");
                    }))
        .withMessageContaining(onlyFile().toString());

    assertThat(ran).isFalse();
    assertThat(onlyFile()).content().isEqualTo(corrupt);
  }

  @Test
  void saveAndDelete_onACorruptFile_takeItsPlace() throws IOException {
    FileTokenStore store = open();
    store.save(ADA, tokens("ada"));
    alter(text -> "");

    store.save(ADA, tokens("again"));
    assertThat(store.find(ADA)).contains(tokens("again"));
    alter(text -> "");

    assertThat(store.delete(ADA)).isTrue();
    assertThat(store.find(ADA)).isEmpty();
  }

  @Test
  void find_fileOfAnotherGrant_isRefusedWhetherRenamedOrRewritten() throws IOException {
    FileTokenStore store = open();
    store.save(BOB, tokens("bob"));
    String bobs = Files.readString(onlyFile());
    store.save(ADA, tokens("ada"));
    Path adas = adasFile();

    Files.writeString(adas, bobs);
    assertThatExceptionOfType(TokenStoreException.class).isThrownBy(() -> store.find(ADA));
    assertThat(store.keys(null, 10)).containsExactly(BOB);

    Files.writeString(adas, bobs.replace("\nbob\n", "\nada\n"));
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.find(ADA))
        .withMessageContaining("sealed for another grant");
  }

  private Path adasFile() throws IOException {
    return files(".grant").stream()
        .filter(file -> contains(file, "\nada\n"))
        .findFirst()
        .orElseThrow();
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void keys_oneFileIsCorrupt_listsTheOthers() throws IOException {
    FileTokenStore store = open();
    store.save(ADA, tokens("ada"));
    store.save(BOB, tokens("bob"));

    Files.writeString(adasFile(), "");
    Files.writeString(directory().resolve("notes.grant"), "no grant of ours");

    assertThat(store.keys(null, 1)).containsExactly(BOB);
    assertThat(store.keys(BOB, 1)).isEmpty();
  }

  @Test
  void anything_directoryIsGone_failsAndIsNotTakenForAMissingGrant() throws IOException {
    FileTokenStore store = open();
    store.save(ADA, tokens("ada"));
    Files.move(directory(), temporary.resolve("elsewhere"));

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.find(ADA))
        .withMessageContaining(directory().toString());
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.update(ADA, tokens -> tokens("new")));
    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.save(ADA, tokens("new")));
    assertThatExceptionOfType(TokenStoreException.class).isThrownBy(() -> store.keys(null, 1));
    assertThat(directory()).doesNotExist();
  }

  @Test
  void open_leftoversOfKilledWriters_goAndTheGrantsStay() throws IOException {
    FileTokenStore store = open();
    store.save(ADA, tokens("ada"));
    Path leftover = leftoverOf(onlyFile());
    Path unborn = directory().resolve("0".repeat(64) + ".tmp");
    Path foreign = directory().resolve("mine.tmp");
    for (Path file : List.of(leftover, unborn, foreign)) {
      Files.writeString(file, "ampersand gra");
    }

    assertThat(store.find(ADA)).contains(tokens("ada"));
    assertThat(store.keys(null, 10)).containsExactly(ADA);
    open();

    assertThat(files(".tmp")).containsExactly(foreign);
    assertThat(store.find(ADA)).contains(tokens("ada"));
  }

  private static Path leftoverOf(Path file) {
    return file.resolveSibling(file.getFileName().toString().replace(".grant", ".tmp"));
  }

  @Test
  void open_whileAGrantIsWritten_leavesItsUnfinishedFileAlone() throws Exception {
    FileTokenStore store = open();
    store.save(ADA, tokens("ada"));
    Path unfinished = leftoverOf(onlyFile());

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("new"))) {
      Files.writeString(unfinished, "ampersand gra");
      open();

      assertThat(unfinished).exists();
      held.letGo();
    }

    assertThat(unfinished).doesNotExist();
    assertThat(store.find(ADA)).contains(tokens("new"));
  }

  @Test
  void saveAndDelete_overALeftover_removeIt() throws IOException {
    FileTokenStore store = open();
    store.save(ADA, tokens("ada"));
    Path leftover = leftoverOf(onlyFile());
    Files.writeString(leftover, "ampersand gra".repeat(1000));

    store.save(ADA, tokens("new"));
    assertThat(leftover).doesNotExist();
    assertThat(store.find(ADA)).contains(tokens("new"));

    Files.writeString(leftover, "ampersand gra");
    store.delete(ADA);
    assertThat(leftover).doesNotExist();
  }

  @Test
  void reseal_afterAChangeOfKeys_sealsPageByPageWhatIsOutdated() {
    FileTokenStore before = FileTokenStore.open(directory(), OLD_CIPHER);
    for (int i = 0; i < 10; i++) {
      before.save(new ConnectionKey("salesforce", "acme", "user-" + i), tokens("token-" + i));
    }
    FileTokenStore store =
        FileTokenStore.open(
            directory(), TokenCipher.builder("k1", KEY).alsoReads("old", OLD_KEY).build());
    store.save(new ConnectionKey("salesforce", "acme", "user-3"), tokens("newer"));

    List<Resealed> pages = resealAll(store, 4);

    assertThat(pages).extracting(Resealed::seen).containsExactly(4, 4, 2, 0);
    assertThat(pages.stream().mapToInt(Resealed::resealed).sum()).isEqualTo(9);
    assertThat(resealAll(store, 4)).extracting(Resealed::resealed).containsOnly(0);
    assertThat(open().find(new ConnectionKey("salesforce", "acme", "user-3")))
        .contains(tokens("newer"));
    assertThat(open().find(new ConnectionKey("salesforce", "acme", "user-4")))
        .contains(tokens("token-4"));
  }

  private static List<Resealed> resealAll(FileTokenStore store, int limit) {
    List<Resealed> pages = new ArrayList<>();
    @Nullable ConnectionKey last = null;
    do {
      Resealed page = store.reseal(last, limit);
      pages.add(page);
      last = page.last().orElse(null);
    } while (last != null);
    return pages;
  }

  @Test
  void reseal_storeOfPlainText_encryptsIt() throws IOException {
    FileTokenStore.open(directory(), TokenCipher.storingPlainText()).save(ADA, tokens("ada"));
    FileTokenStore store =
        FileTokenStore.open(
            directory(), TokenCipher.builder("k1", KEY).alsoReadsPlainText().build());

    Resealed page = store.reseal(null, 10);

    assertThat(page.resealed()).isEqualTo(1);
    assertThat(onlyFile()).content().contains("\nv1.k1.");
    assertThat(open().find(ADA)).contains(tokens("ada"));
  }

  @Test
  void reseal_grantsThatDoNotOpen_areNamedAndLeftAsTheyAre() throws IOException {
    FileTokenStore.open(directory(), OLD_CIPHER).save(ADA, tokens("ada"));
    String before = Files.readString(onlyFile());
    TokenCipher other = TokenCipher.builder("other", TokenCipher.newKey()).build();
    FileTokenStore.open(directory(), other).save(BOB, tokens("bob"));
    FileTokenStore store =
        FileTokenStore.open(
            directory(), TokenCipher.builder("k1", KEY).alsoReads("old", OLD_KEY).build());

    Resealed page = store.reseal(null, 10);

    assertThat(page.unreadable()).containsExactly(BOB);
    assertThat(page)
        .returns(2, Resealed::seen)
        .returns(1, Resealed::resealed)
        .hasToString(
            "Resealed[1 of 2, unreadable [" + BOB + "], last " + page.last().orElseThrow() + "]");
    assertThat(adasFile()).content().isNotEqualTo(before);
  }

  @Test
  void reseal_grantThatStaysLocked_failsAndIsDoneLater() throws Exception {
    FileTokenStore.open(directory(), OLD_CIPHER).save(ADA, tokens("ada"));
    FileTokenStore store =
        FileTokenStore.open(
            directory(), TokenCipher.builder("k1", KEY).alsoReads("old", OLD_KEY).build(), HASTY);

    try (Crew crew = new Crew();
        HeldGrant held = new HeldGrant(crew, store, tokens("ada"))) {
      assertThatExceptionOfType(TokenStoreException.class)
          .isThrownBy(() -> store.reseal(null, 10))
          .returns(true, TokenStoreException::isRetryable);
      held.letGo();
    }

    assertThat(store.reseal(null, 10).resealed()).isEqualTo(1);
  }

  @Test
  void reseal_supplierOfKeysFails_failsAndBlamesNoGrant() {
    FileTokenStore.open(directory(), OLD_CIPHER).save(ADA, tokens("ada"));
    TokenCipher cipher =
        TokenCipher.builder("k1", KEY)
            .alsoReads(
                "old",
                () -> {
                  throw new IllegalStateException("no answer from the key service");
                })
            .build();
    FileTokenStore store = FileTokenStore.open(directory(), cipher);

    assertThatExceptionOfType(TokenStoreException.class)
        .isThrownBy(() -> store.reseal(null, 10))
        .returns(true, TokenStoreException::isRetryable);
  }

  @Test
  void save_grantsWhoseFilesGrow_areReadWhole() {
    FileTokenStore store = open();
    TokenSet big = tokens("t").toBuilder().attribute("big", "x\u00e9".repeat(200_000)).build();

    store.save(ADA, big);
    assertThat(store.find(ADA)).contains(big);
    store.save(ADA, tokens("small"));

    assertThat(store.find(ADA)).contains(tokens("small"));
  }
}
