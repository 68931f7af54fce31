namespace RlOffload.Tests.Environment.Profiles.Imports;

/// <summary>Two small sets of measurements in the layout of the published ones, with round numbers.</summary>
internal static class ImportedData
{
    /// <summary>A network of three blocks of 10, 20 and 30 ms on the device (62 ms as a whole) and a tenth of that on the server.</summary>
    public static string Portend(TemporaryFolder folder)
    {
        folder.Write("portend/partition_latency.csv", """
            model,device,first_block,last_block,latency_ms,repeats
            Net_ImageNet,slow.one,1,1,10,2
            Net_ImageNet,slow.one,1,2,31,2
            Net_ImageNet,slow.one,1,3,62,2
            Net_ImageNet,slow.one,2,2,20,2
            Net_ImageNet,slow.one,2,3,51,2
            Net_ImageNet,slow.one,3,3,30,2
            Net_ImageNet,quick.one,1,1,1,2
            Net_ImageNet,quick.one,1,2,3,2
            Net_ImageNet,quick.one,1,3,6,2
            Net_ImageNet,quick.one,2,3,5,2
            Net_ImageNet,quick.one,3,3,3.5,2

            """);
        folder.Write("portend/block_inputs.csv", """
            model,block,channels,height,width,elements
            Net_ImageNet,1,3,224,224,150528
            Net_ImageNet,2,8,50,50,20000
            Net_ImageNet,3,8,25,25,5000

            """);
        folder.Write("portend/exits.csv", """
            model,image_set,exit_block,uncertainty_threshold,exited,correct_among_exited
            Net_ImageNet,validation,2,1.0,1000,1
            Net_ImageNet,test,1,1.0,1000,100
            Net_ImageNet,test,2,0.5,500,500
            Net_ImageNet,test,2,1.0,1000,600
            Net_ImageNet,test,3,1.0,1000,800

            """);
        return folder.At("portend");
    }

    /// <summary>mobilenet as two blocks: 100 and 300 ms on the device, 4 and 6 ms on the server, 1,000 numbers between them.</summary>
    public static string Scission(TemporaryFolder folder)
    {
        const string header = "model,block,first_layer,last_layer,time_s,output_bytes\n";
        folder.Write("scission/device-small.csv", header + "mobilenet,0,0,1,0.1,4128\nmobilenet,1,2,3,0.3,4128\nother,0,0,1,0.1,4128\n");
        folder.Write("scission/cloud-large.csv", header + "mobilenet,0,0,1,0.004,4128\nmobilenet,1,2,3,0.006,4128\n");
        return folder.At("scission");
    }
}
