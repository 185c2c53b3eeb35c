using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks;

/// <summary>
/// A folder of the published form with a few short series. In NAB and NASA every reading has a value of its own, so that a reading that
/// came into two parts would be seen. Their anomalies lie at every tenth reading or so, in every part.
/// </summary>
internal static class SmallData
{
    public const int NabReadings = 400, NasaReadings = 1200, NasaTrainReadings = 300, Patients = 20, LabTests = 11, LabValues = 12;

    public static readonly string[] NabFiles = ["a.csv", "b.csv"], NasaStreams = ["P-2", "Z-9"];

    private static readonly DateTime Start = new(2020, 1, 1);

    public static string Write(Buffers buffers)
    {
        string folder = buffers.Path("data");
        WriteNab(buffers);
        WriteNasa(buffers);
        WriteMimic(buffers);
        return folder;
    }

    public static bool IsNabAnomaly(int i) => i % 40 is 22 or 23;

    public static bool IsNasaAnomaly(int i) => i % 240 is >= 100 and < 110;

    private static void WriteNab(Buffers buffers)
    {
        var windows = new Dictionary<string, string[][]>();
        var labels = new Dictionary<string, string[]>();
        for (int file = 0; file < NabFiles.Length; file++)
        {
            int first = file * 1000;
            buffers.Write($"data/nab/realAWSCloudwatch/{NabFiles[file]}", "timestamp,value\n" + string.Concat(Enumerable.Range(0, NabReadings).Select(i => $"{Time(i)},{first + i}\n")));
            int[] starts = [.. Enumerable.Range(0, NabReadings).Where(i => i % 40 == 22)];
            windows[$"realAWSCloudwatch/{NabFiles[file]}"] = [.. starts.Select(i => new[] { Time(i), Time(i + 1) })];
            labels[$"realAWSCloudwatch/{NabFiles[file]}"] = [.. starts.Select(Time)];
        }
        buffers.Write("data/nab/labels/combined_windows.json", JsonSerializer.Serialize(windows));
        buffers.Write("data/nab/labels/combined_labels.json", JsonSerializer.Serialize(labels));
    }

    private static void WriteNasa(Buffers buffers)
    {
        for (int stream = 0; stream < NasaStreams.Length; stream++)
        {
            int first = stream * 10_000;
            string name = $"data/nasa/smap/{NasaStreams[stream]}";
            // The last stream's published training part is constant, as eleven of the real ones are.
            buffers.Write($"{name}.train.csv", "value\n" + string.Concat(Enumerable.Range(0, NasaTrainReadings).Select(i => $"{(stream == 1 ? 9_999 : first + 5_000 + i)}\n")));
            buffers.Write($"{name}.test.csv", "value,is_anomaly\n" + string.Concat(Enumerable.Range(0, NasaReadings).Select(i => $"{first + i},{(IsNasaAnomaly(i) ? 1 : 0)}\n")));
        }
        buffers.Write("data/nasa/smap/labeled_anomalies.csv", "chan_id,spacecraft,anomaly_sequences,class,num_values\nP-2,SMAP,\"[[100, 109]]\",[point],1200\nP-2,SMAP,\"[[340, 349]]\",[point],1200\n");
    }

    /// <summary>Patients of whom every other one's values rise; the last lab test is the rarest, and some results are text.</summary>
    private static void WriteMimic(Buffers buffers)
    {
        var iii = new StringBuilder("\"row_id\",\"subject_id\",\"hadm_id\",\"itemid\",\"charttime\",\"value\",\"valuenum\",\"valueuom\",\"flag\"\n");
        var iv = new StringBuilder("subject_id,time,itemid,label,fluid,category,unit,value\n");
        for (int patient = 0; patient < Patients; patient++)
        {
            for (int test = 0; test < LabTests; test++)
            {
                int count = test == LabTests - 1 ? 3 : LabValues;
                for (int i = 0; i < count; i++)
                {
                    double value = 100 * (test + 1) + patient + (patient % 2 == 0 ? 5 * i : i % 2);
                    string number = value.ToString(CultureInfo.InvariantCulture);
                    iii.Append(CultureInfo.InvariantCulture, $"1,{1000 + patient},,{50_000 + test},\"{Time(i)}\",\"{number}\",{number},\"mg/dL, 1\",{(i == 2 && test == 0 ? "\"abnormal\"" : i == 3 ? "\"delta\"" : "")}\n");
                    iv.Append(CultureInfo.InvariantCulture, $"{2000 + patient},{Time(i)},{50_000 + test},Test,Blood,Chemistry,mg/dL,{number}\n");
                }
                iii.Append(CultureInfo.InvariantCulture, $"1,{1000 + patient},,{50_000 + test},\"{Time(LabValues)}\",\"ERROR\",,\"mg/dL\",\n");
            }
        }
        buffers.Write("data/mimic/mimic-iii-demo/labevents.csv", iii.ToString());
        buffers.Write("data/mimic/mimic-iv-demo/labs_long.csv", iv.ToString());
    }

    private static string Time(int i) => Start.AddMinutes(5 * i).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
