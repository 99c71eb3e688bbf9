package restante.judge;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hl7.fhir.dstu3.model.Bundle;
import org.hl7.fhir.dstu3.model.ElementDefinition;
import org.hl7.fhir.dstu3.model.StructureDefinition;
import org.hl7.fhir.dstu3.model.UriType;

/**
 * Profiles that others refer to and that are not there. HAPI holds such a reference to be broken, and then the resource that it
 * is in to match no profile. So the bare type of FHIR stands in for each: it is asked what FHIR asks, and no more.
 */
final class StandIns {
  private static final String fhir = "http://hl7.org/fhir/StructureDefinition/";
  private final FhirContext context;
  private final IValidationSupport bare;

  StandIns(FhirContext context, IValidationSupport bare) {
    this.context = context;
    this.bare = bare;
  }

  List<StructureDefinition> of(Collection<StructureDefinition> profiles) {
    Map<String, String> wanted = new TreeMap<>();
    for (StructureDefinition profile : profiles) {
      for (ElementDefinition element : elementsOf(profile)) {
        for (ElementDefinition.TypeRefComponent type : element.getType()) {
          if (type.hasProfile()) wanted.put(type.getProfile(), type.getCode());
          if (type.hasTargetProfile()) wanted.put(type.getTargetProfile(), resourceNamedIn(type.getTargetProfile()));
        }
      }
    }
    profiles.forEach(profile -> wanted.remove(profile.getUrl()));
    List<StructureDefinition> made = new ArrayList<>();
    wanted.forEach(
        (url, type) -> {
          if (!url.startsWith(fhir) && type != null) made.add(standIn(url, type));
        });
    return made;
  }

  private static List<ElementDefinition> elementsOf(StructureDefinition profile) {
    List<ElementDefinition> elements = new ArrayList<>(profile.getSnapshot().getElement());
    elements.addAll(profile.getDifferential().getElement());
    return elements;
  }

  private StructureDefinition standIn(String url, String type) {
    StructureDefinition made = ((StructureDefinition) bare.fetchStructureDefinition(fhir + type)).copy();
    made.setUrl(url);
    made.setName(url.substring(url.lastIndexOf('/') + 1));
    made.setBaseDefinition(fhir + type);
    made.setDerivation(StructureDefinition.TypeDerivationRule.CONSTRAINT);
    return type.equals("Extension") ? anywhere(made) : made;
  }

  // Slices of extensions are told by their address, and HAPI holds one without a context to be allowed nowhere.
  private static StructureDefinition anywhere(StructureDefinition extension) {
    extension.setContextType(StructureDefinition.ExtensionContext.DATATYPE).addContext("Element");
    extension.getSnapshot().getElement().stream()
        .filter(element -> element.getPath().equals("Extension.url"))
        .forEach(element -> element.setFixed(new UriType(extension.getUrl())));
    return extension;
  }

  // `CareConnect-RelatedPerson-1` is of RelatedPerson: the longest name that the last part of its address holds.
  private String resourceNamedIn(String url) {
    List<String> parts = List.of(url.substring(url.lastIndexOf('/') + 1).split("-"));
    return context.getResourceTypes().stream()
        .filter(parts::contains)
        .max(Comparator.comparingInt(String::length))
        .orElse(null);
  }

  /**
   * NHS snapshots of bundles list four children of entry.resource (id, meta, implicitRules, language). To HAPI that means that no
   * resource may have any other: they are left out, and each resource is held against its own type and profile.
   */
  static void withoutChildrenOfEntries(StructureDefinition profile) {
    if (!profile.getType().equals(Bundle.class.getSimpleName())) return;
    profile.getSnapshot().getElement().removeIf(element -> element.getPath().startsWith("Bundle.entry.resource."));
  }
}
