package com.withampersand.sdk.salesforce;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What this module needs of the core, the next provider needs too: so it has to be API. */
@AnalyzeClasses(packages = "com.withampersand.sdk", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule SALESFORCE_USES_THE_CORES_API_ALONE =
      noClasses()
          .that()
          .resideInAPackage("..sdk.salesforce..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..sdk.internal..", "com.github.scribejava..");

  @ArchTest
  static final ArchRule CORE_KNOWS_NOTHING_OF_SALESFORCE =
      noClasses()
          .that()
          .resideOutsideOfPackages("..sdk.salesforce..", "..sdk.testkit..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..sdk.salesforce..");

  /** The catalog knows nothing of what uses it. */
  @ArchTest
  static final ArchRule ERRORS_STAND_ALONE =
      noClasses()
          .that()
          .resideInAPackage("..sdk.salesforce.error..")
          .and()
          .haveSimpleNameNotEndingWith("Test")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.withampersand.sdk.salesforce");

  @ArchTest
  static final ArchRule TEST_KIT_SHARES_NO_CODE_WITH_THE_SDK =
      noClasses()
          .that()
          .resideInAPackage("..sdk.testkit..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "com.withampersand.sdk",
              "..sdk.oauth..",
              "..sdk.http..",
              "..sdk.token..",
              "..sdk.internal..",
              "..sdk.salesforce..");
}
