namespace Granary.Gateway.Schemas;

/// <summary>One thing that is wrong with a value.</summary>
/// <param name="Path">Where: <c>data.items[3]</c>, or empty for the value itself.</param>
/// <param name="Message">A whole sentence that names the place, the limit and what to do, without a full stop.</param>
public readonly record struct SchemaProblem(string Path, string Message)
{
    /// <inheritdoc />
    public override string ToString() => Message;
}
