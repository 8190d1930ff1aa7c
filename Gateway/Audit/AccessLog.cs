using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Granary.Gateway.Access;
using Granary.Gateway.Configuration;
using Granary.Gateway.Invocation;

namespace Granary.Gateway.Audit;

/// <summary>One line for each call that a caller makes: who, from where, what, how it ended, how long it took. Never what was said.</summary>
internal sealed class AccessLog(GatewayOptions options, TimeProvider time, ILogger<AccessLog> log)
{
    private static readonly EventId Event = new(1, "Call");

    /// <summary>When a call begins; 0 where calls are not logged.</summary>
    public long Begin() => options.AccessLog && log.IsEnabled(LogLevel.Information) ? time.GetTimestamp() : 0;

    /// <param name="start">What <see cref="Begin"/> said.</param>
    /// <param name="caller">Who called.</param>
    /// <param name="address">From where.</param>
    /// <param name="method">The method of the protocol, or the route of the HTTP API.</param>
    /// <param name="facts">What it was about.</param>
    public void End(long start, Principal caller, IPAddress? address, string method, CallFacts facts)
    {
        if (start == 0)
            return;
        log.Log(LogLevel.Information, Event, new Line(caller, address, method, facts, time.GetElapsedTime(start)), null, static (line, _) => line.ToString());
    }

    /// <summary>The line's fields, for a log in JSON; as text they are <c>name=value</c>, with quotes where the value needs them.</summary>
    private readonly struct Line : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private readonly KeyValuePair<string, object?>[] _fields;

        public Line(Principal caller, IPAddress? address, string method, CallFacts facts, TimeSpan duration) => _fields =
        [
            new("tenant", caller.Tenant.Value),
            new("key", caller.Name),
            new("address", ClientAddress.Text(address)),
            new("method", method),
            new("name", facts.Target),
            new("operation", facts.Operation),
            new("vault", facts.Vault),
            new("outcome", facts.End.Name()),
            new("ms", Math.Round(duration.TotalMilliseconds, 3)),
            new("trace", Activity.Current?.TraceId.ToHexString()),
        ];

        public int Count => _fields.Length;

        public KeyValuePair<string, object?> this[int index] => _fields[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)_fields).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString()
        {
            var text = new StringBuilder(192);
            foreach (var (name, value) in _fields)
            {
                if (value is null)
                    continue;
                if (text.Length > 0)
                    text.Append(' ');
                text.Append(name).Append('=');
                Append(text, Convert.ToString(value, CultureInfo.InvariantCulture)!);
            }
            return text.ToString();
        }

        private static void Append(StringBuilder text, string value)
        {
            if (value.Length > 0 && value.AsSpan().IndexOfAny('"', '=') < 0 && value.AsSpan().IndexOfAnyInRange('\0', ' ') < 0)
                text.Append(value);
            else
                text.Append('"').Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }
    }
}
