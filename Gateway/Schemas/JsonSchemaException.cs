namespace Granary.Gateway.Schemas;

/// <summary>A schema that cannot be used. The message is a sentence that begins with the place in the schema.</summary>
public sealed class JsonSchemaException : Exception
{
    /// <summary>Names the place and what is wrong with it.</summary>
    /// <param name="pointer">The JSON pointer in the schema as a fragment, for example <c>#/properties/limit/type</c>.</param>
    /// <param name="problem">What is wrong, without the place.</param>
    public JsonSchemaException(string pointer, string problem)
        : base($"The schema is wrong at {pointer}: {problem}.") => Pointer = pointer;

    /// <summary>The JSON pointer in the schema as a fragment; <c>#</c> is the schema itself.</summary>
    public string Pointer { get; }
}
