package restante.judge;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.dstu3.model.StructureDefinition;

/**
 * Validates the files named on standard input, one a line, and answers each with a line of JSON; the first line says which
 * definitions it has. Its arguments: how many files to validate beforehand, so that what is timed is warm, and then,
 * where there are any, a folder or package of definitions.
 */
public final class Judge {
  private static final ObjectMapper json = new ObjectMapper();
  private static final OperatingSystemMXBean machine =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final Definitions definitions;
  private final FhirValidator validator;

  private Judge(FhirContext context, Definitions definitions) {
    this.definitions = definitions;
    this.validator = validatorOf(context, definitions);
  }

  public static void main(String[] arguments) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    // HAPI writes to standard output too.
    System.setOut(System.err);
    FhirContext context = FhirContext.forDstu3();
    Definitions definitions = new Definitions(context);
    if (arguments.length > 1) definitions.read(Path.of(arguments[1]));
    out.println(json.writeValueAsString(told(definitions)));
    List<String> files = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).lines().toList();
    new Judge(context, definitions).judge(files, Integer.parseInt(arguments[0]), out);
  }

  private void judge(List<String> files, int warm, PrintStream out) throws IOException {
    for (int done = 0; done < warm && !files.isEmpty(); done += 1) {
      validated(Files.readString(Path.of(files.get(done % files.size()))));
    }
    for (String file : files) {
      String text = Files.readString(Path.of(file));
      long before = System.nanoTime();
      long processorBefore = machine.getProcessCpuTime();
      List<Map<String, Object>> problems = validated(text);
      double processor = (machine.getProcessCpuTime() - processorBefore) / 1e6;
      double milliseconds = (System.nanoTime() - before) / 1e6;
      out.println(
          json.writeValueAsString(
              Map.of("file", file, "milliseconds", milliseconds, "processor", processor, "problems", problems)));
    }
  }

  private static FhirValidator validatorOf(FhirContext context, Definitions definitions) {
    UnknownCodeSystemWarningValidationSupport unknown = new UnknownCodeSystemWarningValidationSupport(context);
    ValidationSupportChain chain =
        new ValidationSupportChain(
            definitions.support,
            new DefaultProfileValidationSupport(context),
            new CommonCodeSystemsTerminologyService(context),
            new InMemoryTerminologyServerValidationSupport(context),
            new SnapshotGeneratingValidationSupport(context),
            // Last: a code of a system that nobody has here is a warning.
            unknown);
    FhirInstanceValidator module = new FhirInstanceValidator(chain);
    module.setAnyExtensionsAllowed(true);
    // A profile that nobody has here is a warning.
    module.setErrorForUnknownProfiles(false);
    return context.newValidator().registerValidatorModule(module);
  }

  private List<Map<String, Object>> validated(String text) {
    try {
      return validator.validateWithResult(text).getMessages().stream()
          .filter(message -> !isOfStandIn(message))
          .map(Judge::told)
          .toList();
    } catch (VirtualMachineError error) {
      throw error;
    } catch (RuntimeException | Error error) {
      // What cannot be parsed at all, and what HAPI gives up over.
      Map<String, Object> problem = new LinkedHashMap<>();
      problem.put("severity", "fatal");
      problem.put("kind", error.getClass().getSimpleName());
      problem.put("location", "");
      problem.put("text", String.valueOf(error.getMessage()));
      return List.of(problem);
    }
  }

  // Whether an extension has a value or extensions of its own, and which, is what a stand-in does not know.
  private boolean isOfStandIn(SingleValidationMessage message) {
    return String.valueOf(message.getMessageId()).startsWith("Extension_EXT_")
        && definitions.standIns.stream().anyMatch(standIn -> message.getMessage().contains(standIn.getUrl()));
  }

  private static Map<String, Object> told(SingleValidationMessage message) {
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("severity", message.getSeverity().getCode());
    problem.put("kind", message.getMessageId());
    problem.put("location", message.getLocationString());
    problem.put("line", message.getLocationLine());
    problem.put("column", message.getLocationCol());
    problem.put("text", message.getMessage());
    return problem;
  }

  private static Map<String, Object> told(Definitions definitions) {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("hapi", ca.uhn.fhir.util.VersionUtil.getVersion());
    found.put("profiles", definitions.profiles.size());
    found.put("valueSets", definitions.valueSets);
    found.put("codeSystems", definitions.codeSystems);
    found.put("standIns", definitions.standIns.stream().map(StructureDefinition::getUrl).toList());
    found.put("passedOver", definitions.passedOver);
    return found;
  }
}
