package com.withampersand.sdk.salesforce.metadata;

import com.withampersand.sdk.oauth.ProviderText;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What writing an app into a directory does, or would do. Its texts show no secret.
 *
 * <p>Immutable, and safe to share between threads.
 *
 * @param files each file; the manifest comes last
 */
public record MetadataChanges(List<FileChange> files) {

  /** What happens to a file. */
  public enum Kind {
    /** It is not there yet. */
    CREATED,
    /** It says the same already, and is left as it is. */
    UNCHANGED,
    /** It says something else: {@link SalesforceAppMetadata#writeTo} refuses to write. */
    CHANGED
  }

  /**
   * One file.
   *
   * @param path its path from the directory, with slashes
   * @param kind what happens to it
   * @param differences what changes in it, such as {@code isPkceRequired: false -> true}; empty
   *     unless it is changed
   */
  public record FileChange(String path, Kind kind, List<String> differences) {
    /** Copies the list. */
    public FileChange {
      differences = List.copyOf(differences);
    }

    /** Returns the change in one line. */
    @Override
    public String toString() {
      String what = kind.name().toLowerCase(Locale.ROOT) + " " + ProviderText.redacted(path);
      return differences.isEmpty() ? what : what + " (" + String.join("; ", differences) + ")";
    }
  }

  /** Copies the list. */
  public MetadataChanges {
    files = List.copyOf(files);
  }

  /** Tells whether a file that is there says something else. */
  public boolean overwrites() {
    return files.stream().anyMatch(file -> file.kind() == Kind.CHANGED);
  }

  /** Tells whether every file is there and says the same, so that there is nothing to write. */
  public boolean isUpToDate() {
    return files.stream().allMatch(file -> file.kind() == Kind.UNCHANGED);
  }

  /** Returns a line for each file. */
  @Override
  public String toString() {
    return files.stream().map(FileChange::toString).collect(Collectors.joining("\n"));
  }
}
