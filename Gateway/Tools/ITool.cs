using ModelContextProtocol.Protocol;

namespace Granary.Gateway.Tools;

/// <summary>
/// A tool: one small class, found by itself at start. Its definition's schemas are JSON Schema 2020-12 and are checked then; its arguments
/// are validated against the input schema before <see cref="CallAsync"/> runs.
/// </summary>
public interface ITool
{
    /// <summary>Name, title, description, schemas and annotations, as they go over the wire.</summary>
    Tool Definition { get; }

    /// <summary>The categories by which <c>--tools</c> selects it; none means always on.</summary>
    IReadOnlyList<string> Categories { get; }

    /// <summary>The scope a caller needs; see <see cref="Access.Scopes"/>. Null asks for none.</summary>
    string? Scope { get; }

    /// <summary>True when the tool checks its arguments itself; they are then an object and nothing more is known of them.</summary>
    bool ChecksItsArguments => false;

    /// <summary>Arguments that take any JSON value, whatever their schema says: it is then advice to the model.</summary>
    IReadOnlyList<string> TakesAny => [];

    /// <summary>Serves one call. A failure the model can act on is a result with <c>isError</c>; an exception is a defect.</summary>
    ValueTask<ToolResult> CallAsync(ToolCall call);
}
