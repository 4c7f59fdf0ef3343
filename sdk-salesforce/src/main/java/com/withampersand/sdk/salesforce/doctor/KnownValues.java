package com.withampersand.sdk.salesforce.doctor;

import java.util.List;
import java.util.Map;

/**
 * The values that Salesforce's Metadata API documents for the settings that matter here.
 *
 * @see <a
 *     href="https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_extlclntappoauthconfigurablepolicies.htm">Metadata
 *     API: ExtlClntAppOauthConfigurablePolicies</a>
 */
final class KnownValues {
  private static final List<String> IP =
      List.of("Enforce", "Bypass", "Bypass_2factor", "Enforce_RelaxRefresh");

  static final Map<String, List<String>> ALL =
      Map.of(
          MetadataFacts.HEADER + "/distributionState",
          List.of("Local", "Packaged", "Managed", "AutoInstalled"),
          MetadataFacts.POLICIES + "/permittedUsersPolicyType",
          List.of("AllSelfAuthorized", "AdminApprovedPreAuthorized"),
          MetadataFacts.POLICIES + "/refreshTokenPolicyType",
          List.of("Infinite", "Zero", "SpecificLifetime", "SpecificInactivity"),
          MetadataFacts.POLICIES + "/refreshTokenValidityUnit",
          List.of("Hours", "Days", "Months"),
          MetadataFacts.POLICIES + "/ipRelaxationPolicyType",
          IP,
          MetadataFacts.POLICY + "/ipRelaxation",
          IP,
          MetadataFacts.POLICY + "/refreshTokenPolicy",
          List.of(
              "infinite",
              "zero",
              "specific_lifetime:number:unit",
              "specific_inactivity:number:unit"));

  private KnownValues() {}

  /** Upper-case and lower-case letters differ between the two kinds of app, and in answers. */
  static boolean includes(List<String> values, String text) {
    String plain = text.replaceFirst("(?i):\\d{1,9}:(hours|days|months)$", ":number:unit");
    return values.stream().anyMatch(plain::equalsIgnoreCase);
  }
}
