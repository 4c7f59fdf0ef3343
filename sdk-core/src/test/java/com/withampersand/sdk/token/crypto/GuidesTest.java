package com.withampersand.sdk.token.crypto;

import static com.withampersand.sdk.token.crypto.TokenSealerContract.ADA;
import static com.withampersand.sdk.token.crypto.TokenSealerContract.CONTENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guides on keys show what compiles: each Java block is a region of a class beside this. */
class GuidesTest {
  private static final Path GUIDES = Path.of("..", "docs", "guides");
  private static final Path CLASSES = Path.of("src/test/java/com/withampersand/sdk/token/crypto");
  private static final Pattern BLOCK =
      Pattern.compile("<!-- region: (\\w+) (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL);

  @ParameterizedTest
  @CsvSource({"rotate-encryption-keys.md, 1", "seal-with-a-kms.md, 1"})
  void javaBlocks_eachIsARegionOfAClass(String guide, int count) throws IOException {
    String text = Files.readString(GUIDES.resolve(guide));

    List<MatchResult> blocks = BLOCK.matcher(text).results().toList();

    assertThat(blocks).hasSize(text.split("```java", -1).length - 1).hasSize(count);
    for (MatchResult block : blocks) {
      assertThat(block.group(3)).isEqualTo(region(block.group(1), block.group(2)));
    }
  }

  private static String region(String type, String name) throws IOException {
    List<String> lines = Files.readAllLines(CLASSES.resolve(type + ".java"));
    List<String> stripped = lines.stream().map(String::strip).toList();
    int start = stripped.indexOf("// region " + name) + 1;
    int length = stripped.subList(start, stripped.size()).indexOf("// endregion");
    assertThat(start).as("region %s of %s", name, type).isPositive();
    return String.join("\n", lines.subList(start, start + length)).stripTrailing().stripIndent()
        + "\n";
  }

  @Test
  void keyringFromSecrets_currentChanges_writesWithTheOtherKeyAndReadsBoth() {
    Secret oldKey = TokenCipher.newKey();
    Map<String, String> secrets = new ConcurrentHashMap<>();
    secrets.put("unrelated", "value");
    secrets.put("current", "2026");
    secrets.put("key.2026", oldKey.reveal());
    secrets.put("key.2027", TokenCipher.newKey().reveal());
    String old = TokenCipher.of(KeyringFromSecrets.keyring(secrets)).prepare(ADA).seal(CONTENT);

    secrets.put("current", "2027");
    TokenCipher cipher = TokenCipher.of(() -> KeyringFromSecrets.keyring(secrets));

    assertThat(old).startsWith("v2.2026.");
    assertThat(cipher.open(ADA, old)).isEqualTo(CONTENT);
    assertThat(cipher.prepare(ADA).seal(CONTENT)).startsWith("v2.2027.");
  }
}
