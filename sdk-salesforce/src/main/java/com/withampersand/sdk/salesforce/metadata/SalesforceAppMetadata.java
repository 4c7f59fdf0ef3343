package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.InvalidProviderAppException;
import com.withampersand.sdk.InvalidProviderAppException.Violation;
import com.withampersand.sdk.oauth.ProviderText;
import com.withampersand.sdk.salesforce.SalesforceAppSettings;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Salesforce app as files of the Metadata API: an External Client App, or a Connected App where
 * an org still has or creates one.
 *
 * <pre>{@code
 * SalesforceAppMetadata declared =
 *     SalesforceAppMetadata.builder("Acme_Sync", "ops@acme.example", settings).label("Acme Sync").build();
 * declared.writeTo(Path.of("force-app/main/default"));
 *
 * SalesforceAppMetadata found = SalesforceAppMetadata.read(Path.of("retrieved"), "Acme_Sync");
 * DoctorReport report = SalesforceDoctor.check(found, declared);
 * }</pre>
 *
 * <p>What is written says everything that decides whether connections live, and leaves none of it
 * to a default, since Salesforce's defaults differ between the two kinds of app. It never holds the
 * Consumer Secret: of one that is read, only the place is kept.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @see <a
 *     href="https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_externalclientapplication.htm">Metadata
 *     API: ExternalClientApplication</a>
 */
public final class SalesforceAppMetadata {
  private final String name;
  private final List<Component> components;
  private final boolean isFound;

  private SalesforceAppMetadata(String name, List<Component> components, boolean isFound) {
    this.name = name;
    this.components = List.copyOf(components);
    this.isFound = isFound;
  }

  /** Returns the app of files that were read; its header or first file says how it is written. */
  static SalesforceAppMetadata found(List<Component> components) {
    return new SalesforceAppMetadata(components.get(0).app(), components, true);
  }

  /**
   * Starts an app to write.
   *
   * @param name the API name: letters, digits and single underscores, a letter first, no underscore
   *     last
   * @param contactEmail where Salesforce writes to you
   * @param settings scopes, callbacks, PKCE and rotation
   */
  public static Builder builder(String name, String contactEmail, SalesforceAppSettings settings) {
    return new Builder(name, contactEmail, settings);
  }

  /**
   * Reads every app in a directory or a zip: source format or the Metadata API's, whatever the
   * folders are called. Files of other types, links and hidden directories are ignored. Names that
   * differ only by case are one app's; of one name, there may be an app of each kind.
   *
   * @param directoryOrZip a project, a part of one, or the zip of a retrieval; with at most 1,000
   *     files of apps, each of at most 1 MiB, and of 16 MiB together
   * @return the apps, by name; empty if there is none
   * @throws InvalidProviderAppException if a file of an app cannot be understood, if it has an
   *     attribute, which would be lost, if two say the same thing of one app, or if there are more
   *     than said above; {@link InvalidProviderAppException#violations()} lists all of it
   * @throws UncheckedIOException if files cannot be read
   */
  public static List<SalesforceAppMetadata> read(Path directoryOrZip) {
    return MetadataReader.read(directoryOrZip);
  }

  /**
   * Reads one app, as {@link #read(Path)} does.
   *
   * @param name the API name; the namespace of a package may be left out
   * @throws IllegalArgumentException if there is no app of this name, or one of each kind; the
   *     message names those that are
   * @throws InvalidProviderAppException as by {@link #read(Path)}
   * @throws UncheckedIOException if files cannot be read
   */
  public static SalesforceAppMetadata read(Path directoryOrZip, String name) {
    List<SalesforceAppMetadata> all = read(directoryOrZip);
    List<SalesforceAppMetadata> named = all.stream().filter(app -> app.isNamed(name)).toList();
    if (named.size() != 1) {
      throw new IllegalArgumentException(
          directoryOrZip
              + (named.isEmpty() ? " has no app " : " has more than one app ")
              + ProviderText.redacted(name)
              + (all.isEmpty()
                  ? " or any other"
                  : "; it has " + all.stream().map(SalesforceAppMetadata::title).toList()));
    }
    return named.get(0);
  }

  private boolean isNamed(String wanted) {
    return name.equalsIgnoreCase(wanted)
        || name.toLowerCase(Locale.ROOT).endsWith("__" + wanted.toLowerCase(Locale.ROOT));
  }

  private String title() {
    return (isConnectedApp() ? "Connected App " : "External Client App ")
        + ProviderText.redacted(name);
  }

  /** Returns the app's API name. */
  public String name() {
    return name;
  }

  /** Tells whether it is a Connected App; otherwise it is an External Client App. */
  public boolean isConnectedApp() {
    return components.stream().anyMatch(Component::isConnectedApp);
  }

  /** Returns the Consumer Key, if a file has it: Salesforce adds it to what is retrieved. */
  public Optional<String> consumerKey() {
    return elements().entrySet().stream()
        .filter(element -> element.getKey().endsWith("/consumerKey"))
        .map(element -> element.getValue().get(0))
        .filter(key -> !key.isEmpty() && !key.equals(Element.HIDDEN))
        .findFirst();
  }

  /**
   * Returns what the files say, also what this SDK does not understand: the path of each element,
   * such as {@code ExtlClntAppGlobalOauthSettings/isPkceRequired}, with its text, or with its texts
   * in order if it is repeated. The type of each file is there, too, without a text. A Consumer
   * Secret, and any text that looks like one, reads {@code ***}.
   */
  public Map<String, List<String>> elements() {
    Map<String, List<String>> elements = new LinkedHashMap<>();
    components.forEach(part -> elements.putAll(part.root().values()));
    return elements;
  }

  /**
   * Returns the paths of files that Salesforce's tools do not find, since their names have another
   * ending than the one that the tools look for.
   */
  public List<String> misnamedFiles() {
    return components.stream().filter(part -> !part.isWellNamed()).map(Component::path).toList();
  }

  /**
   * Returns the files in source format: each path, with slashes, and its text. Among them is {@code
   * package.xml}, the manifest for deploying and retrieving exactly this app. A Consumer Key that
   * was read is left out, since Salesforce asks not to keep it in source control.
   */
  public Map<String, String> files() {
    return MetadataFolder.files(toWrite());
  }

  /** Returns the files without secrets, and with a Consumer Key only if it was asked for. */
  List<Component> toWrite() {
    return components.stream()
        .map(
            part ->
                new Component(
                    part.type(),
                    part.sourcePath(),
                    part.root()
                        .withoutSecrets()
                        .without(child -> isFound && child.name().equals(Element.KEY))))
        .toList();
  }

  /**
   * Tells what {@link #writeTo} would do. Reads the directory, and changes nothing.
   *
   * @throws InvalidProviderAppException if a file of an app in the directory cannot be understood
   * @throws UncheckedIOException if files cannot be read
   */
  public MetadataChanges plan(Path directory) {
    return new MetadataFolder(directory, this).plan();
  }

  /**
   * Writes the files into a directory, such as {@code force-app/main/default} of a Salesforce
   * project; it is created if it is missing. A file that is there and says the same is left as it
   * is. If one says something else, nothing is written; {@link #plan} tells what.
   *
   * @return what was done
   * @throws UncheckedIOException with a {@link java.nio.file.FileAlreadyExistsException} if a file
   *     says something else, which the message shows; with another cause if files cannot be read or
   *     written
   * @throws InvalidProviderAppException if a file of an app in the directory cannot be understood,
   *     or has a name under which Salesforce's tools do not find it
   */
  public MetadataChanges writeTo(Path directory) {
    return new MetadataFolder(directory, this).write(false);
  }

  /**
   * Writes the files into a directory as {@link #writeTo} does, and changes those that say
   * something else. Elements that this SDK does not write stay in them, other than a Consumer
   * Secret, and so does what the manifest names besides. Comments do not stay. A directory with a
   * file that says something in another way, as by an attribute, is left as it is.
   *
   * @return what was done
   * @throws UncheckedIOException if files cannot be read or written
   * @throws InvalidProviderAppException if a file of an app in the directory cannot be understood
   */
  public MetadataChanges overwrite(Path directory) {
    return new MetadataFolder(directory, this).write(true);
  }

  /**
   * Returns kind, name and every element on a line of its own, cut if it is long. A Consumer
   * Secret, and whatever looks like a token, a long Consumer Key among it, reads {@code ***}.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title());
    elements()
        .forEach(
            (path, texts) -> text.append("\n  ").append(ProviderText.redacted(path + " " + texts)));
    return text.toString();
  }

  /** Builds {@link SalesforceAppMetadata}. Not safe to share between threads. */
  public static final class Builder {
    final String name;
    final String contactEmail;
    final SalesforceAppSettings settings;
    final Map<String, String> scopeNames = new LinkedHashMap<>();
    final List<String> permissionSets = new ArrayList<>();
    String label;
    String description = "";
    boolean packaged;
    boolean connectedApp;
    boolean preauthorized;
    Duration idle = Duration.ZERO;
    boolean enforcesIpRanges;
    @Nullable String certificate;
    @Nullable String runAsUser;
    @Nullable String consumerKey;
    Clock clock = Clock.systemUTC();

    private Builder(String name, String contactEmail, SalesforceAppSettings settings) {
      this.name = Objects.requireNonNull(name, "name");
      this.contactEmail = Objects.requireNonNull(contactEmail, "contactEmail");
      this.settings = Objects.requireNonNull(settings, "settings");
      this.label = name;
    }

    /** Sets what users see on the consent page; the default is the API name. */
    public Builder label(String label) {
      this.label = Objects.requireNonNull(label, "label").strip();
      return this;
    }

    /** Sets a description for admins; the default is none. */
    public Builder description(String description) {
      this.description =
          Objects.requireNonNull(description, "description").strip().replaceAll("\\R", "\n");
      return this;
    }

    /**
     * Makes an External Client App that is distributed in a package, which each customer's org
     * installs; by default it is local to the org to which it is deployed.
     */
    public Builder packaged() {
      this.packaged = true;
      return this;
    }

    /**
     * Makes a Connected App in place of an External Client App. Since Spring '26, Salesforce
     * creates none by default; use it for one that is there.
     */
    public Builder asConnectedApp() {
      this.connectedApp = true;
      return this;
    }

    /**
     * Ends refresh tokens that were not used for some days; by default they are valid until
     * revoked. {@code FreshTokens.keepAlive} refreshes idle grants in time. Salesforce demands 30
     * days of an app that is used in more than two customers' production orgs. There is no way here
     * to end refresh tokens at once or a fixed time after the consent: customers would have to
     * connect again each time.
     *
     * @param idle whole days, 30 or more
     */
    public Builder refreshTokensExpireUnused(Duration idle) {
      this.idle = Objects.requireNonNull(idle, "idle");
      return this;
    }

    /**
     * Applies the IP ranges of the org and of the user's profile to refreshes, too: <i>Enforce IP
     * restrictions</i>. Your servers (Ampersand's, if it refreshes) must be within them. The
     * default is <i>Enforce IP restrictions, but relax for refresh tokens</i>.
     */
    public Builder enforceIpRanges() {
      this.enforcesIpRanges = true;
      return this;
    }

    /**
     * Admits only users with one of these permission sets, without asking them for consent:
     * <i>Admin approved users are pre-authorized</i>. By default all users may self-authorize. JWT
     * bearer needs it for users who have not consented before.
     *
     * @param permissionSets API names, at least one
     */
    public Builder preauthorized(String... permissionSets) {
      this.preauthorized = true;
      this.permissionSets.addAll(List.of(permissionSets));
      return this;
    }

    /**
     * Enables the JWT bearer flow for the holder of a certificate's private key; by default it is
     * off. Keep giving the certificate with each deployment: without it, Salesforce removes the one
     * that is there.
     */
    public Builder certificate(X509Certificate certificate) {
      return certificate(PemCertificate.encode(certificate));
    }

    /**
     * Enables the JWT bearer flow, as {@link #certificate(X509Certificate)} does.
     *
     * @param pem the certificate, with its PEM lines or without; never the private key
     */
    public Builder certificate(String pem) {
      this.certificate = Objects.requireNonNull(pem, "pem");
      return this;
    }

    /**
     * Enables the client credentials flow; by default it is off.
     *
     * @param runAsUser the username of the <i>Run As</i> user, with the permission <i>API Only
     *     User</i>; it has to exist in the org to which the app is deployed
     */
    public Builder clientCredentials(String runAsUser) {
      this.runAsUser = Objects.requireNonNull(runAsUser, "runAsUser");
      return this;
    }

    /**
     * Names the metadata of a scope that this SDK does not know.
     *
     * @param scope the scope, as an authorization request names it
     * @param metadataName what the Metadata API calls it
     */
    public Builder scopeName(String scope, String metadataName) {
      scopeNames.put(
          Objects.requireNonNull(scope, "scope"),
          Objects.requireNonNull(metadataName, "metadataName"));
      return this;
    }

    /**
     * Writes the Consumer Key, too. By default it is left out, and Salesforce chooses it: it asks
     * not to keep it in source control.
     */
    public Builder consumerKey(String consumerKey) {
      this.consumerKey = Objects.requireNonNull(consumerKey, "consumerKey");
      return this;
    }

    /** Sets the clock that a certificate's end is compared with; the default is the system's. */
    public Builder clock(Clock clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Builds the metadata.
     *
     * @throws InvalidProviderAppException if the Metadata API would refuse anything; {@link
     *     InvalidProviderAppException#violations()} lists all of it
     */
    public SalesforceAppMetadata build() {
      List<Violation> violations = new MetadataRules(this).violations();
      if (!violations.isEmpty()) {
        throw new InvalidProviderAppException(violations);
      }
      return new SalesforceAppMetadata(name, AppElements.of(this), false);
    }
  }
}
