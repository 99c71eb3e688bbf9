package restante.judge;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.parser.IParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.dstu3.model.Bundle;
import org.hl7.fhir.dstu3.model.CodeSystem;
import org.hl7.fhir.dstu3.model.Resource;
import org.hl7.fhir.dstu3.model.StructureDefinition;
import org.hl7.fhir.dstu3.model.ValueSet;

/** Profiles, value sets and code systems from a folder or a package, and how many of each were taken. */
final class Definitions {
  final PrePopulatedValidationSupport support;
  final List<String> passedOver = new ArrayList<>();
  final List<StructureDefinition> profiles = new ArrayList<>();
  final List<StructureDefinition> standIns = new ArrayList<>();
  int valueSets;
  int codeSystems;
  private final FhirContext context;

  Definitions(FhirContext context) {
    this.context = context;
    this.support = new PrePopulatedValidationSupport(context);
  }

  void read(Path from) throws IOException {
    if (Files.isDirectory(from)) readFolder(from);
    else readPackage(from);
    standIns.addAll(new StandIns(context, new DefaultProfileValidationSupport(context)).of(profiles));
    standIns.forEach(support::addStructureDefinition);
  }

  private void readFolder(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walked = Files.walk(folder)) {
      files = walked.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      if (file.toString().endsWith(".tgz")) readPackage(file);
      else if (isDefinition(file.toString())) take(folder.relativize(file).toString(), Files.readString(file));
    }
  }

  private void readPackage(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file);
        TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(bytes))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (!entry.isFile() || !isDefinition(entry.getName())) continue;
        take(entry.getName(), new String(tar.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  private static boolean isDefinition(String name) {
    return name.endsWith(".xml") || name.endsWith(".json");
  }

  // A folder holds examples and lists of contents too: what is no resource of STU3 is named and passed over.
  private void take(String name, String text) {
    String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
    IParser parser = name.endsWith(".json") ? context.newJsonParser() : context.newXmlParser();
    try {
      take((Resource) parser.parseResource(plain));
    } catch (DataFormatException | IllegalArgumentException | ClassCastException error) {
      passedOver.add(name);
    }
  }

  private void take(Resource resource) {
    if (resource instanceof Bundle bundle) {
      bundle.getEntry().stream().filter(Bundle.BundleEntryComponent::hasResource).forEach(entry -> take(entry.getResource()));
    } else if (resource instanceof StructureDefinition profile) {
      StandIns.withoutChildrenOfEntries(profile);
      support.addStructureDefinition(profile);
      profiles.add(profile);
    } else if (resource instanceof ValueSet valueSet) {
      support.addValueSet(valueSet);
      valueSets += 1;
    } else if (resource instanceof CodeSystem codeSystem) {
      support.addCodeSystem(codeSystem);
      codeSystems += 1;
    }
  }
}
