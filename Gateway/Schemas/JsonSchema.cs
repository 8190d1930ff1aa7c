using System.Text.Json;

namespace Granary.Gateway.Schemas;

/// <summary>
/// A JSON Schema, draft 2020-12, checked once and compiled to a tree that validates without reading the schema again. Immutable:
/// any number of threads may validate at once. Nothing is ever fetched: references are local.
/// </summary>
public sealed class JsonSchema
{
    /// <summary>How many problems one validation lists at most.</summary>
    public const int MaxProblems = 20;

    private readonly SchemaNode _root;

    private JsonSchema(SchemaNode root) => _root = root;

    /// <summary>Checks and compiles a schema. The element is copied: its document may be disposed afterwards.</summary>
    /// <exception cref="JsonSchemaException">The schema is wrong, unsupported, or could cost too much to check.</exception>
    public static JsonSchema Compile(JsonElement schema) => new(SchemaCompiler.Compile(schema.Clone()));

    /// <summary>
    /// Everything that is wrong with a value, in the schema's order, at most <see cref="MaxProblems"/>; empty when it is valid. A
    /// small valid value costs no allocation.
    /// </summary>
    /// <param name="instance">The value.</param>
    /// <param name="name">What the value itself is called in a sentence.</param>
    public IReadOnlyList<SchemaProblem> Validate(JsonElement instance, string name = "arguments")
    {
        if (IsValid(instance))
            return [];
        // Once more, slowly and with the places: only a caller who is wrong pays for sentences.
        var report = new ProblemReport(name);
        if (WellFormed.Check(instance, report))
        {
            var run = new Validation { Report = report };
            _root.Check(instance, ref run);
            if (run.Exhausted)
                report.Add("takes too much work to check against its schema; send a smaller or flatter value");
        }
        return report.Problems;
    }

    /// <summary>Whether a value is valid; cheaper than <see cref="Validate"/> for values that are not.</summary>
    public bool IsValid(JsonElement instance)
    {
        if (!WellFormed.Check(instance, null))
            return false;
        var run = new Validation();
        return _root.Check(instance, ref run) && !run.Exhausted;
    }
}
