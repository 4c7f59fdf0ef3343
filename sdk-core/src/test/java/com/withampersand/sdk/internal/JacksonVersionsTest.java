package com.withampersand.sdk.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.scribejava.core.model.OAuthConstants;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/** Loads the SDK beside other versions of Jackson, which the build copies to a folder. */
class JacksonVersionsTest {
  private static final String CURE = "Import com.fasterxml.jackson:jackson-bom";

  @ParameterizedTest
  @ValueSource(strings = {"flow", "client", "tokens", "json"})
  void build_oldJackson_saysWhatIsFoundAndNeeded(String what) {
    assertThatIllegalStateException()
        .isThrownBy(() -> use(what, old("core"), old("databind"), old("annotations")))
        .withMessageContainingAll("jackson-core 2.14.2 and jackson-databind 2.14.2", "2.18", CURE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"flow", "client", "tokens", "json"})
  void build_coreIsOlderThanDatabind_saysSo(String what) {
    String databind = new ObjectMapper().version().toString();

    assertThatIllegalStateException()
        .isThrownBy(() -> use(what, old("core"), current(ObjectMapper.class), annotations()))
        .withMessageContainingAll("jackson-core 2.14.2 and jackson-databind " + databind, CURE);
  }

  @Test
  void build_databindIsMissing_saysSo() {
    assertThatIllegalStateException()
        .isThrownBy(() -> use("flow", current(JsonFactory.class)))
        .withMessageContainingAll("not complete", "com/fasterxml/jackson/databind", CURE);
  }

  @Test
  void json_annotationsAreMissing_saysSoEachTime() throws Exception {
    Function<String, Object> user = load(current(JsonFactory.class), current(ObjectMapper.class));

    for (int i = 0; i < 2; i++) {
      assertThatIllegalStateException()
          .isThrownBy(() -> user.apply("json"))
          .withMessageContainingAll("does not start", "jackson-annotations", CURE)
          .withCauseInstanceOf(LinkageError.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"flow", "client", "tokens", "json"})
  void build_jacksonOfTheBuild_works(String what) throws Exception {
    Object built =
        use(what, current(JsonFactory.class), current(ObjectMapper.class), annotations());

    assertThat(built).isNotNull();
  }

  @Test
  void versions_areThoseThatTheBuildNames() {
    String expected =
        System.getProperty("expected.jackson", new JsonFactory().version().toString());

    assertThat(new JsonFactory().version()).hasToString(expected);
    assertThat(new ObjectMapper().version()).hasToString(expected);
  }

  @Test
  void build_flow_doesNotStartDatabind() throws Exception {
    // Without annotations, databind would fail to start.
    assertThat(use("flow", current(JsonFactory.class), current(ObjectMapper.class))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2.18.0, 2.18.9, true",
    "2.23.0, 2.18.2, true",
    "2.23.1, 2.23.0, true",
    "2.17.9, 2.17.9, false",
    "2.18.2, 2.17.3, false",
    "2.17.3, 2.18.2, false",
    "2.18.2, 2.19.0, false",
    "1.99.0, 2.18.0, false"
  })
  void problem_versions_areJudgedByMinorVersion(String core, String databind, boolean fits) {
    assertThat(JacksonVersions.problem(version(core), version(databind)).isEmpty()).isEqualTo(fits);
  }

  private static Version version(String text) {
    String[] parts = text.split("\\.", -1);
    return new Version(
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]),
        Integer.parseInt(parts[2]),
        null,
        null,
        null);
  }

  private static Object use(String what, URL... jackson) throws Exception {
    return load(jackson).apply(what);
  }

  /** Returns the application, loaded with these jars as its Jackson. */
  @SuppressWarnings("unchecked")
  private static Function<String, Object> load(URL... jackson) throws Exception {
    URL[] urls = {
      current(Json.class),
      current(JacksonUser.class),
      current(OAuthConstants.class),
      current(Logger.class)
    };
    URL[] all = new URL[urls.length + jackson.length];
    System.arraycopy(urls, 0, all, 0, urls.length);
    System.arraycopy(jackson, 0, all, urls.length, jackson.length);
    ClassLoader loader = new URLClassLoader(all, ClassLoader.getPlatformClassLoader());
    return (Function<String, Object>)
        loader.loadClass(JacksonUser.class.getName()).getConstructor().newInstance();
  }

  private static URL annotations() {
    return current(JsonProperty.class);
  }

  private static URL current(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  private static URL old(String part) {
    Path jar = Path.of("target", "old-jackson", "jackson-" + part + "-2.14.2.jar");
    assertThat(jar).as("what the build copies").exists();
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }
}
