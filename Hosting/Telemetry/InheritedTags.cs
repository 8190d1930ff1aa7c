using System.Diagnostics;
using OpenTelemetry;

namespace Granary.Hosting.Telemetry;

/// <summary>
/// Gives each span what the one above it says of tenant, tool, operation and vault, so that those of libraries, which know nothing of tenants, can be
/// searched by them as well.
/// </summary>
internal sealed class InheritedTags : BaseProcessor<Activity>
{
    private const string Prefix = "granary.";

    public override void OnStart(Activity data)
    {
        if (data.Parent is not { } parent)
            return;
        foreach (ref readonly var tag in parent.EnumerateTagObjects())
        {
            if (tag.Key.StartsWith(Prefix, StringComparison.Ordinal) && data.GetTagItem(tag.Key) is null)
                data.SetTag(tag.Key, tag.Value);
        }
    }
}
